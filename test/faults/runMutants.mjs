/**
 * `npm run faults -- mutants [name …]`: puts each deliberate bug of test/faults/mutants.mjs into a copy of the checkout and runs the
 * fault that must notice it there. A bug that no fault notices fails the command. The checkout itself is never touched. First the
 * faults are run without any bug, unless `--no-control` says that they are known to hold.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root, Stop } from "../../scripts/setup.mjs";
import { MUTANTS } from "./mutants.mjs";

const LEFT_OUT = ["node_modules", ".git", ".stockline"];
const TIMEOUT_MS = 20 * 60_000;

/** Runs the mutants that are named, or all; answers whether every one was caught. */
function runMutants(args, say) {
  const names = args.filter((word) => word !== "--no-control");
  const unknown = names.filter((name) => !MUTANTS.some((mutant) => mutant.name === name));
  if (unknown.length > 0) {
    const known = MUTANTS.map((mutant) => mutant.name).join(", ");
    throw new Stop(`mutants: there is no "${unknown[0]}"; there are: ${known}.`);
  }
  const chosen = MUTANTS.filter(({ name }) => names.length === 0 || names.includes(name));
  const copy = mkdtempSync(join(tmpdir(), "stockline-mutants-"));
  try {
    copyCheckout(copy);
    if (!args.includes("--no-control")) runControl(copy, chosen, say);
    const rows = chosen.map((mutant) => tryMutant(copy, mutant, say));
    say(`\n${table([["mutant", "fault", "result", "seconds"], ...rows])}\n`);
    return rows.every((row) => row[2] === "caught");
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function runControl(copy, mutants, say) {
  const faults = [...new Set(mutants.map(({ caughtBy }) => caughtBy))];
  const { status, output } = runFaults(copy, faults);
  if (status === 0) return;
  say(output);
  throw new Stop("mutants: a fault fails without any mutant, so nothing can be said.");
}

function copyCheckout(copy) {
  cpSync(root, copy, {
    recursive: true,
    filter: (source) => !LEFT_OUT.includes(relative(root, source).split("/")[0]),
  });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
}

function tryMutant(copy, { name, caughtBy, edits }, say) {
  say(`mutant ${name} …`);
  const originals = new Map();
  for (const { file, find, replace } of edits) {
    const path = join(copy, file);
    const text = readFileSync(path, "utf8");
    if (!originals.has(path)) originals.set(path, text);
    if (text.split(find).length !== 2) {
      throw new Stop(`mutants: ${name} no longer fits ${file}; found not exactly once: ${find}`);
    }
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
  const begun = performance.now();
  const { output } = runFaults(copy, [caughtBy]);
  for (const [path, text] of originals) writeFileSync(path, text);
  const isCaught = new RegExp(`^${caughtBy} .* BROKEN `, "m").test(output);
  if (!isCaught) say(output);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(0);
  say(`mutant ${name}: ${isCaught ? "caught" : "SURVIVED"}`);
  return [name, caughtBy, isCaught ? "caught" : "SURVIVED", seconds];
}

function runFaults(copy, faults) {
  const run = spawnSync(process.execPath, ["scripts/run.mjs", "faults", ...faults], {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    maxBuffer: 1 << 28,
    timeout: TIMEOUT_MS,
  });
  return { status: run.status, output: `${run.stdout}\n${run.stderr}` };
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const isSound = runMutants(process.argv.slice(2), (line) => process.stderr.write(`${line}\n`));
if (!isSound) throw new Stop("A mutant survived; see the table above.");
