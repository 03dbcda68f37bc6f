/**
 * The release before this one, built from git into a folder of its own. There is no tag yet, so unless one is named it is the
 * newest commit whose migrations are a beginning of ours: what lies between must be migrated, as between two releases. It runs on
 * the packages that are installed here.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../platform/projectRoot.ts";

export interface PreviousRelease {
  /** Its commit. */
  readonly commit: string;
  /** The folder with its dist/ and migrations/. */
  readonly root: string;
  /** Migrations that we have and it has not, by file name. */
  readonly newMigrations: readonly string[];
}

/** Commits looked at; each brought migrations. */
const COMMITS_MAX = 200;
/** A source archive of this project is a few megabytes. */
const ARCHIVE_BYTES_MAX = 512 * 1024 * 1024;

/** Finds it; a sentence that says why not where the history here does not reach far enough. `named`: a ref of git, or "". */
export function findPreviousRelease(named: string): Omit<PreviousRelease, "root"> | string {
  if (!existsSync(join(projectRoot(), ".git"))) {
    return "This is no clone of the repository, so there is no release before this one to build.";
  }
  if (named !== "") {
    const commit = git("rev-parse", "--verify", "--quiet", `${named}^{commit}`);
    if (commit === "") {
      return `--previous is "${named}", which this clone does not have; expected a tag, branch or commit of it.`;
    }
    return { commit, newMigrations: migrationsSince(commit) ?? [] };
  }
  const log = git("log", "--topo-order", `-${COMMITS_MAX}`, "--format=%P", "--", "migrations");
  for (const commit of log.split("\n").map((parents) => parents.split(" ")[0] ?? "")) {
    const newMigrations = commit === "" ? undefined : migrationsSince(commit);
    if (newMigrations !== undefined && newMigrations.length > 0) return { commit, newMigrations };
  }
  return "This clone's history is too short to hold a release before the newest migrations; fetch all of it (git fetch --unshallow).";
}

/** Ours that the commit lacks; undefined where it is not in the clone, or ours do not simply follow its own. */
function migrationsSince(commit: string): string[] | undefined {
  const theirs = git("ls-tree", "--name-only", `${commit}:migrations`).split("\n").filter(Boolean);
  const last = theirs.toSorted().at(-1);
  if (last === undefined) return undefined;
  const added = readdirSync(join(projectRoot(), "migrations"))
    .filter((name) => name.endsWith(".sql") && !theirs.includes(name))
    .sort();
  return added.every((name) => name > last) ? added : undefined;
}

/** Writes its sources to a new folder and compiles them. Throws where the compiler leaves no program. */
export function buildPreviousRelease(found: Omit<PreviousRelease, "root">): PreviousRelease {
  const root = mkdtempSync(join(tmpdir(), "stockline-previous-"));
  const archive = execFileSync("git", ["archive", "--format=tar", found.commit], {
    cwd: projectRoot(),
    maxBuffer: ARCHIVE_BYTES_MAX,
  });
  execFileSync("tar", ["-x", "-C", root], { input: archive });
  symlinkSync(join(projectRoot(), "node_modules"), join(root, "node_modules"));
  mkdirSync(join(root, "dist"), { recursive: true });
  const compiler = join(root, "node_modules/@typescript/native/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const program of ["api", "workers", "jobs"]) {
    if (!existsSync(join(root, "dist", program, "main.js"))) {
      throw new Error(`${found.commit} was compiled without ${program}/main.js:\n${stdout}`);
    }
  }
  return { ...found, root };
}

/** What git says, "" where it refuses. */
function git(...args: readonly string[]): string {
  const { status, stdout } = spawnSync("git", args, { cwd: projectRoot(), encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}
