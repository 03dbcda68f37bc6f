/**
 * The one way in for every npm script: `node scripts/run.mjs <command> [args]`. Brings the checkout
 * into working order (setup.mjs, build.mjs), then runs the command in this very process, so that
 * signals and exit codes need no passing on. Says everything on stderr: `cli` output is captured.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { faultArguments } from "./faults.mjs";
import { checkNode, installPackages, installPostgis, installRedis, root, Stop } from "./setup.mjs";

const COMMANDS = {
  start: { main: "dist/local/start.js", backends: true },
  demo: { main: "dist/local/demo.js", backends: true },
  bench: { main: "dist/bench/main.js", backends: true },
  faults: { vitest: faultArguments, mutants: "test/faults/runMutants.mjs", backends: true },
  test: { vitest: (args) => args, backends: true },
  cli: { main: "dist/cli/main.js" },
  synth: { main: "deploy/aws/synth.mjs", packages: "deploy/aws" },
  infra: {
    vitest: (args) => ["--config", "deploy/aws/vitest.config.ts", ...args],
    packages: "deploy/aws",
  },
  build: {},
};

const say = (line) => process.stderr.write(`${line}\n`);

async function run([name, ...args]) {
  const command = Object.hasOwn(COMMANDS, name ?? "") ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const known = Object.keys(COMMANDS).join(", ");
    throw new Stop(`There is no command "${name ?? ""}"; there are: ${known}.`);
  }
  checkNode();
  installPackages({ say });
  if (command.packages) installPackages({ say, folder: command.packages });
  if (command.backends) installRedis({ say });
  if (name === "test") installPostgis({ say });
  // Tests run beside work in progress; `build --tolerant` is what the test setup asks for.
  const tolerant = command.vitest !== undefined || (name === "build" && args[0] === "--tolerant");
  build({ say, tolerant });
  if (command.main !== undefined) await hand(command.main, args);
  if (command.vitest !== undefined) await runTests(command, args);
}

async function runTests(command, args) {
  process.chdir(root);
  if (command.mutants !== undefined && args[0] === "mutants") {
    await hand(command.mutants, args.slice(1));
  } else {
    await hand("node_modules/vitest/vitest.mjs", ["run", ...command.vitest(args)]);
  }
}

/** Becomes the program: its module finds itself as the main script with its own arguments. */
async function hand(file, args) {
  const path = join(root, file);
  if (!existsSync(path)) throw new Stop(`${path} is missing, so this command cannot run yet.`);
  process.argv = [process.argv[0], path, ...args];
  await import(pathToFileURL(path).href);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  say(error.message);
  process.exitCode = 1;
}
