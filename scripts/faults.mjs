/**
 * Reads the command line of `npm run faults`: `[engine|import|jobs|streams|upgrade] [F9 …] [--seed 123] [--runs 5] [--previous <ref>]`, or
 * `simulation [--seed 7] [--runs 2]`. Says what vitest is to run; the options go to its configuration by the environment.
 */
import { Stop } from "./setup.mjs";

/** Sections of the fault list, with the beginnings of the names of the files that hold them. */
const SECTIONS = {
  engine: ["disasters", "events", "guards", "intake", "postgres", "redis", "restore", "workers"],
  import: ["import"],
  jobs: ["jobs"],
  streams: ["sinks", "sources"],
  upgrade: ["upgrade"],
};
const NUMBERS = { "--seed": "STOCKLINE_FAULT_SEED", "--runs": "STOCKLINE_FAULT_RUNS" };

/** Arguments for `vitest run`; sets the environment on the way. Throws Stop for what it does not know. */
export function faultArguments(args) {
  if (args[0] === "simulation") return simulationArguments(args.slice(1));
  const faults = [];
  const files = [];
  const rest = [...args];
  while (rest.length > 0) {
    const word = rest.shift();
    if (Object.hasOwn(NUMBERS, word)) process.env[NUMBERS[word]] = number(word, rest.shift());
    else if (word === "--previous") process.env["STOCKLINE_PREVIOUS"] = ref(rest.shift());
    else if (/^[FP]\d+[a-z]?$/.test(word)) faults.push(word);
    else if (Object.hasOwn(SECTIONS, word))
      files.push(...SECTIONS[word].map((name) => `test/faults/${name}`));
    else if (word.endsWith(".faults.ts")) files.push(word);
    else
      throw new Stop(
        `faults: "${word}" is no fault (F1 …), section (${Object.keys(SECTIONS).join(", ")}) or option.`,
      );
  }
  const names = faults.length > 0 ? ["-t", `^(${faults.join("|")}):`] : [];
  return ["--config", "test/faults/vitest.config.ts", ...files, ...names];
}

/** Seeds that the simulation runs here; `npm test` runs fewer (vitest.config.ts). */
const SIMULATED_SEEDS = 2_000;

function simulationArguments(args) {
  const given = Object.fromEntries(
    args.flatMap((word, place) => (place % 2 === 0 ? [[word, number(word, args[place + 1])]] : [])),
  );
  const { "--seed": seed, "--runs": runs = "1", ...others } = given;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new Stop(`faults: simulation knows no "${unknown}".`);
  process.env["STOCKLINE_SIM_SEEDS"] = String(Math.ceil(SIMULATED_SEEDS * Number(runs)));
  if (seed !== undefined) process.env["STOCKLINE_SIM_SEED"] = seed;
  return ["test/simulation"];
}

function number(option, text) {
  if (text !== undefined && Number(text) > 0) return text;
  throw new Stop(`faults: ${option} is "${text ?? ""}"; expected a number greater than 0.`);
}

function ref(text) {
  if (text !== undefined && !text.startsWith("-")) return text;
  throw new Stop(`faults: --previous is "${text ?? ""}"; expected a tag, branch or commit.`);
}
