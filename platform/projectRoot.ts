/**
 * Finds the checkout that this code runs from, whether as TypeScript (tests) or compiled in dist/.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the nearest folder upwards that holds package.json. Throws when there is none. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json was found above ${import.meta.url}.`);
    folder = parent;
  }
  return folder;
}
