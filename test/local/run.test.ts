/** scripts/run.mjs on a checkout so small that installing and building it can be watched. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../platform/projectRoot.ts";
import { temporaryFolder } from "./localFixtures.ts";

/** What one build runs. */
const BUILD = ["tsc", "bundles", "console"];

interface Checkout {
  write(path: string, text: string): void;
  run(...args: string[]): { status: number | null; stdout: string; stderr: string };
  /** How often npm, the compiler and the bundlers have run: ["npm ci", "tsc", "bundles", "console", …]. */
  work(): string[];
}

const lockOf = (version: string): string =>
  JSON.stringify({
    packages: {
      "": {},
      "node_modules/tool": { version },
      "node_modules/elsewhere": { version: "1.0.0", optional: true },
    },
  });

/** Stand-ins for npm, the compiler and the bundler do what is seen of them, and note that they ran. */
function checkout(): Checkout {
  const root = temporaryFolder();
  const write: Checkout["write"] = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const compiler = `
    const { appendFileSync, readFileSync } = require("node:fs");
    appendFileSync("work", "tsc\\n");
    console.log("compiler talk");
    process.exit(readFileSync("cli/main.ts", "utf8") === "wrong" ? 2 : 0);`;
  const npm = `
    const { appendFileSync, cpSync, mkdirSync, writeFileSync } = require("node:fs");
    appendFileSync("work", "npm " + process.argv[2] + "\\n");
    console.log("npm talk");
    mkdirSync("node_modules/@typescript/native/bin", { recursive: true });
    writeFileSync("node_modules/@typescript/native/bin/tsc", ${JSON.stringify(compiler)});
    cpSync("package-lock.json", "node_modules/.package-lock.json");`;
  cpSync(join(projectRoot(), "scripts"), join(root, "scripts"), { recursive: true });
  write(
    "scripts/buildConsole.mjs",
    'import { appendFileSync } from "node:fs"; appendFileSync("work", "console\\n");',
  );
  write(
    "scripts/bundleProcesses.mjs",
    'import { appendFileSync } from "node:fs"; appendFileSync("work", "bundles\\n");',
  );
  write("package-lock.json", lockOf("1.0.0"));
  write("npm.js", npm);
  write("cli/main.ts", "right");
  write("dist/cli/main.js", 'console.log(process.argv.slice(1).join(" "));');
  write("work", "");
  const env = { PATH: process.env["PATH"], npm_execpath: join(root, "npm.js") };
  return {
    write,
    run: (...args) => {
      const script = join(root, "scripts/run.mjs");
      return spawnSync(process.execPath, [script, ...args], { cwd: root, env, encoding: "utf8" });
    },
    work: () => readFileSync(join(root, "work"), "utf8").trim().split("\n"),
  };
}

test("a fresh clone is installed and built once, and standard output is the program's alone", () => {
  const clone = checkout();
  const first = clone.run("cli", "token", "--role", "admin");
  expect(first.status, first.stderr).toBe(0);
  expect(first.stdout).toMatch(/^\/.*\/dist\/cli\/main\.js token --role admin\n$/);
  expect(first.stderr).toContain("npm talk");
  const second = clone.run("cli");
  expect(second.stderr).toBe("");
  expect(clone.work()).toEqual(["npm ci", ...BUILD]);
});

test("packages are installed again when the lock file asks for other versions", () => {
  const clone = checkout();
  clone.run("build");
  clone.write("package-lock.json", lockOf("2.0.0"));
  clone.run("build");
  expect(clone.work().filter((word) => word === "npm ci")).toHaveLength(2);
});

test("packages of the right versions are kept, whoever installed them", () => {
  const clone = checkout();
  clone.write("node_modules/@typescript/native/bin/tsc", "");
  clone.write("node_modules/.package-lock.json", lockOf("1.0.0"));
  expect(clone.run("build").stderr).toBe("Building …\n");
});

test("a changed source is built again", () => {
  const clone = checkout();
  clone.run("build");
  clone.write("cli/main.ts", "also right");
  clone.run("build");
  clone.run("build");
  expect(clone.work()).toEqual(["npm ci", ...BUILD, ...BUILD]);
});

test("a build that fails ends the command with a sentence and is tried again", () => {
  const clone = checkout();
  clone.write("cli/main.ts", "wrong");
  const first = clone.run("cli");
  expect(first.status).toBe(1);
  expect(first.stdout).toBe("");
  expect(first.stderr).toMatch(/\nThe build failed; see the messages above\.\n$/);
  expect(clone.run("cli").status).toBe(1);
  expect(clone.work()).toEqual(["npm ci", ...BUILD, ...BUILD]);
});

test("an unknown command is answered with those there are", () => {
  const { status, stderr } = checkout().run("begin");
  expect(status).toBe(1);
  expect(stderr).toBe(
    'There is no command "begin"; there are: start, demo, bench, faults, test, cli, synth, infra, build.\n',
  );
});

test("a build lock whose holder is gone does not block", () => {
  const clone = checkout();
  clone.write("dist/.building", String(2 ** 22 + 1));
  expect(clone.run("build").status).toBe(0);
});
