/**
 * Start and cost at rest: `npm start` on a data folder of its own, as a person runs it with the packages there. The first start makes
 * the data and is only shown; those after it count. Then what api, workers and jobs take while nobody asks for anything; the embedded
 * backends are not counted. Linux only: read from /proc.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type LocalChild, startChild } from "../local/childProcess.ts";
import { freePort } from "../local/freePort.ts";
import { projectRoot } from "../platform/projectRoot.ts";
import { boundFigure, type Effort, type Figure, plainFigure } from "./compare.ts";
import { cpuSeconds, familyOf } from "./cores.ts";
import { memoryOf } from "./processMemory.ts";
import type { Stage } from "./stage.ts";

const READY_MS = 120_000;
const PROGRAMS = ["api/main.js", "workers/main.js", "jobs/main.js"];
/** What follows a start is over after this: first ticks, first connections. */
const SETTLE_MS = 20_000;
const REST_MS = 60_000;
const REST_MS_QUICK = 20_000;

/** Measures `npm start` from the call to the ready line, and the product at rest. */
export async function benchStart(stage: Stage, effort: Effort): Promise<Figure[]> {
  const home = join(stage.home, "started");
  const first = await start(home);
  await first.child.stop();
  const seconds: number[] = [];
  const cores: number[] = [];
  const megabytes: number[] = [];
  for (let round = 0; round < effort.rounds; round += 1) {
    const running = await start(home);
    try {
      seconds.push(running.seconds);
      await pause(SETTLE_MS);
      const atRest = await watch(running.child.pid, effort.quick ? REST_MS_QUICK : REST_MS);
      cores.push(atRest.corePercent);
      megabytes.push(atRest.megabytes);
    } finally {
      await running.child.stop();
    }
  }
  return [
    plainFigure("npm start, no data yet, call to ready", { unit: "s", values: [first.seconds] }),
    boundFigure("npm start, data there, call to ready", { unit: "s", values: seconds, atMost: 5 }),
    boundFigure("api, workers and jobs at rest, CPU", {
      unit: "% of a core",
      values: cores,
      atMost: 2,
    }),
    boundFigure("api, workers and jobs at rest, resident", {
      unit: "MB",
      values: megabytes,
      atMost: 400,
    }),
  ];
}

interface Started {
  readonly child: LocalChild;
  readonly seconds: number;
}

async function start(home: string): Promise<Started> {
  const port = String(await freePort());
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], STOCKLINE_HOME: home };
  const begun = performance.now();
  let tellReady: (value: "ready") => void = () => undefined;
  const ready = new Promise<"ready">((resolve) => {
    tellReady = resolve;
  });
  const child = await startChild({
    name: "start",
    command: process.execPath,
    args: [join(projectRoot(), "scripts/run.mjs"), "start"],
    cwd: projectRoot(),
    env: { ...env, PORT: port },
    logFile: join(home, "..", "start.log"),
    stopGraceMs: 60_000,
    onLine: (line) => {
      if (line.startsWith("Stockline is ready")) tellReady("ready");
    },
  });
  const outcome = await Promise.race([ready, child.exited, pause(READY_MS)]);
  if (outcome !== "ready") {
    await child.stop();
    throw new Error(`npm start was not ready in ${READY_MS} ms:\n${child.logTail()}`);
  }
  return { child, seconds: (performance.now() - begun) / 1_000 };
}

/** What the product's processes that a process has started take together over some time. */
async function watch(
  supervisor: number,
  forMs: number,
): Promise<{ corePercent: number; megabytes: number }> {
  const pids = familyOf(supervisor).filter(isOfProduct);
  if (pids.length !== PROGRAMS.length) throw new Error(`found ${pids.length} of the processes`);
  const [before, since] = [cpuSeconds(pids), performance.now()];
  await pause(forMs);
  const seconds = (performance.now() - since) / 1_000;
  return {
    corePercent: ((cpuSeconds(pids) - before) / seconds) * 100,
    megabytes: pids.reduce((sum, pid) => sum + memoryOf(pid, "VmRSS"), 0),
  };
}

function isOfProduct(pid: number): boolean {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  return words.some((word) => PROGRAMS.some((program) => word.endsWith(`dist/${program}`)));
}
