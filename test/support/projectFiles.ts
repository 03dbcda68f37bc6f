/**
 * The project's own files as they stand on disk, for tests that read the code itself.
 * Needs no git; what .gitignore names is left out by name here.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const projectRoot = join(import.meta.dirname, "..", "..");

const SKIPPED = new Set([".git", ".stockline", "coverage", "dist", "node_modules", "results"]);
const BINARY = /\.(gz|ico|jpe?g|parquet|pdf|png|woff2?|xlsx|zip)$/;

/** Paths (with `/`, from the root) of every text file that would be committed, sorted. */
export function projectFiles(folder = ""): string[] {
  return readdirSync(join(projectRoot, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (SKIPPED.has(entry.name)) return [];
      if (entry.isDirectory()) return projectFiles(path);
      if (!entry.isFile() || BINARY.test(path) || path.endsWith(".log")) return [];
      return [path];
    })
    .sort();
}

/** Text of one project file. */
export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}
