/**
 * Named places at which the fault suite ends, freezes or fails a process (`npm run faults`). Free where nothing is armed, which is
 * everywhere but in that suite: the configuration refuses STOCKLINE_FAIL_POINTS unless NODE_ENV is test.
 */
import { writeSync } from "node:fs";

/** Every place there is; a place is one call of failPoint in the product. */
export const FAIL_POINTS = [
  "request.after_effect",
  "request.after_kept",
  "intake.before_insert",
  "intake.after_commit",
  "apply.before_begin",
  "apply.after_lock",
  "apply.after_read",
  "apply.after_fold",
  "apply.after_details",
  "apply.during_write",
  "apply.before_commit",
  "apply.after_commit",
  "publish.before_send",
  "publish.after_send",
  "publish.after_cursor",
  "export.during_rows",
  "export.before_manifest",
  "export.after_manifest",
  "schedule.after_slot",
  "job.after_claim",
  "job.before_end",
  "drafts.after_read",
  "drafts.before_commit",
  "drafts.after_commit",
  "import.before_insert",
  "import.before_commit",
  "import.after_commit",
  "import.after_step",
  "ingest.before_checkpoint",
  "ingest.before_commit",
  "ingest.after_commit",
] as const;
export type FailPoint = (typeof FAIL_POINTS)[number];

interface ArmedPoint {
  readonly name: FailPoint;
  readonly action: "kill" | "throw" | "pause";
  /** How long a pause blocks the whole process, in milliseconds. */
  readonly pauseMs: number;
  /** The time of passing the place that it happens at, from 1 on. */
  readonly at: number;
  /** Whether it happens at every later time as well. */
  readonly onwards: boolean;
}

const ITEM = /^([a-z_.]+)=(kill|throw|pause:(\d{1,6}))@(\d{1,6})(\+?)$/;

/**
 * Reads "<place>=kill@3,<place>=pause:2000@1,<place>=throw@1+": at the third passing, at the first for 2 s, at each from the
 * first on. Answers undefined where a part is not of that form.
 */
export function parseFailPoints(text: string): readonly ArmedPoint[] | undefined {
  const points: ArmedPoint[] = [];
  for (const item of text.split(",")) {
    const [, place, action, pauseMs, at, onwards] = ITEM.exec(item) ?? [];
    const name = FAIL_POINTS.find((known) => known === place);
    if (name === undefined || action === undefined) return undefined;
    points.push({
      name,
      action: action === "kill" || action === "throw" ? action : "pause",
      pauseMs: Number(pauseMs ?? 0),
      at: Number(at),
      onwards: onwards === "+",
    });
  }
  return points;
}

/** What a fail point throws where it was told to. */
export class FailPointError extends Error {}

let armed: readonly ArmedPoint[] | undefined;
const passed = new Map<FailPoint, number>();

/** Arms the places that the text names (parseFailPoints), for the rest of the process's life. */
export function armFailPoints(text: string): void {
  armed = parseFailPoints(text);
}

/** Marks the place. Where it is armed: ends the process by SIGKILL, blocks it, or throws FailPointError. */
export function failPoint(name: FailPoint): void {
  if (armed !== undefined) reach(armed, name);
}

function reach(points: readonly ArmedPoint[], name: FailPoint): void {
  const times = (passed.get(name) ?? 0) + 1;
  passed.set(name, times);
  for (const point of points) {
    const isDue = times === point.at || (point.onwards && times > point.at);
    if (point.name === name && isDue) act(point, times);
  }
}

function act({ name, action, pauseMs }: ArmedPoint, times: number): void {
  writeSync(1, `${JSON.stringify({ level: 40, msg: "fail point", point: name, times, action })}\n`);
  switch (action) {
    case "kill":
      process.kill(process.pid, "SIGKILL");
      break;
    case "pause":
      // Blocks the event loop too, like a long collection of garbage or a virtual machine that stands still.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
      break;
    case "throw":
      throw new FailPointError(`the fail point ${name} was told to throw`);
  }
}
