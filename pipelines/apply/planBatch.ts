/**
 * Puts the pending movements of the locked lanes in the order in which they will be decided: each lane's own order, and an
 * atomic group once it stands first in each of its lanes. Groups stand in one order in all lanes (intake draws their places
 * one group after the other), so the lanes can't wait for each other for ever.
 */
import type { LaneRow } from "./queries/lanes.ts";
import type { PendingRow } from "./queries/pending.ts";

/** What a batch will decide. */
export interface BatchPlan {
  /** A movement by itself, or all lines of a group. */
  readonly steps: readonly (readonly PendingRow[])[];
  /** By lane: nothing at or past this seq was decided; lanes that are not in it were decided as far as they were read. */
  readonly stoppedAt: ReadonlyMap<number, number>;
  /** Lanes that must be locked together to go on: one set for each group that some lane waits for. */
  readonly joint: readonly (readonly number[])[];
}

interface Group {
  readonly rows: PendingRow[];
  readonly lanes: Set<number>;
  done: boolean;
}

/**
 * Plans a batch. `pending` are the lanes' first undone movements in order, `groupRows` all lines of the groups among them,
 * also those in other lanes and further back.
 */
export function planBatch(args: {
  readonly lanes: readonly LaneRow[];
  readonly pending: readonly PendingRow[];
  readonly groupRows: readonly PendingRow[];
}): BatchPlan {
  if (args.groupRows.length === 0) {
    return { steps: args.pending.map((row) => [row]), stoppedAt: new Map(), joint: [] };
  }
  const groups = gatherGroups(args.groupRows);
  const queues = new Map(args.lanes.map((lane) => [lane.id, new LaneQueue(groups)]));
  for (const row of args.pending) queues.get(row.lane)?.rows.push(row);
  const steps: (readonly PendingRow[])[] = [];
  for (let goesOn = true; goesOn; ) {
    goesOn = false;
    for (const queue of queues.values()) {
      for (const row of queue.takeSingles()) steps.push([row]);
    }
    for (const group of groups.values()) {
      if (group.done || ![...group.lanes].every((lane) => queues.get(lane)?.first() === group)) {
        continue;
      }
      group.done = true;
      steps.push(group.rows);
      goesOn = true;
    }
  }
  return { steps, ...whatIsLeft(queues) };
}

/** The first steps of a plan; its lanes stop before what is left of them. */
export function firstSteps(
  plan: BatchPlan,
  pending: readonly PendingRow[],
  stepsMax: number,
): BatchPlan {
  if (plan.steps.length <= stepsMax) return plan;
  const steps = plan.steps.slice(0, stepsMax);
  const taken = new Set(steps.flat().map((row) => row.id));
  const stoppedAt = new Map<number, number>();
  for (const { id, lane, seq } of pending) {
    if (!taken.has(id) && !stoppedAt.has(lane)) stoppedAt.set(lane, seq);
  }
  // which groups stand first is only known once the rest is decided
  return { steps, stoppedAt, joint: [] };
}

function gatherGroups(rows: readonly PendingRow[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const id = row.group_id ?? "";
    const group = groups.get(id) ?? { rows: [], lanes: new Set<number>(), done: false };
    group.rows.push(row);
    group.lanes.add(row.lane);
    groups.set(id, group);
  }
  return groups;
}

function whatIsLeft(queues: ReadonlyMap<number, LaneQueue>) {
  const stoppedAt = new Map<number, number>();
  const joint = new Map<Group, readonly number[]>();
  for (const [lane, queue] of queues) {
    const group = queue.first();
    if (group === undefined) continue;
    stoppedAt.set(lane, queue.firstSeq());
    joint.set(
      group,
      [...group.lanes].sort((one, other) => one - other),
    );
  }
  return { stoppedAt, joint: [...joint.values()] };
}

/** One lane's movements in order; lines of groups that are decided are passed over. */
class LaneQueue {
  readonly rows: PendingRow[] = [];
  readonly #groups: ReadonlyMap<string, Group>;
  #next = 0;

  constructor(groups: ReadonlyMap<string, Group>) {
    this.#groups = groups;
  }

  /** Takes the movements up to the first line of a group that is not decided. */
  *takeSingles(): Generator<PendingRow> {
    for (; this.#next < this.rows.length; this.#next += 1) {
      const row = this.rows[this.#next];
      if (row === undefined) return;
      if (row.group_id === null) yield row;
      else if (this.#groups.get(row.group_id)?.done !== true) return;
    }
  }

  /** The group that the lane waits for. */
  first(): Group | undefined {
    return this.#groups.get(this.rows[this.#next]?.group_id ?? "");
  }

  firstSeq(): number {
    return this.rows[this.#next]?.seq ?? 0;
  }
}
