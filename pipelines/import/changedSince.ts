/**
 * What has changed since the dry run of an import: rows that fare otherwise than it foresaw, counted by how, with examples.
 * Pure; bounded however many rows changed.
 */
import { z } from "zod";
import type { FateChange } from "./queries/fates.ts";

/** Rows that `examples` names at most. */
export const CHANGES_LISTED_MAX = 100;

/** Fates of rows that go in; every other fate is the code of a fault. */
const GOOD = ["apply", "create", "update", "unchanged"];

const changedSince = z.object({
  rows: z.number(),
  counts: z.record(z.string(), z.number()),
  examples: z.array(z.object({ row: z.number(), foreseen: z.string(), now: z.string() })),
});
export type ChangedSince = z.output<typeof changedSince>;

/** Nothing has changed. */
export const NOTHING_CHANGED: ChangedSince = { rows: 0, counts: {}, examples: [] };

/** Reads what an import's row holds; nothing changed where it holds nothing. */
export function changedSinceOf(stored: unknown): ChangedSince {
  return stored === null || stored === undefined ? NOTHING_CHANGED : changedSince.parse(stored);
}

/** Adds changes to those that are known. */
export function addChanges(known: ChangedSince, changes: readonly FateChange[]): ChangedSince {
  const counts = { ...known.counts };
  for (const { foreseen, now, rows } of changes) {
    const name = nameOf(foreseen, now);
    counts[name] = (counts[name] ?? 0) + rows;
  }
  const added = changes
    .flatMap(({ foreseen, now, first_rows: rows }) => rows.map((row) => ({ row, foreseen, now })))
    .toSorted((left, right) => left.row - right.row);
  return {
    rows: changes.reduce((sum, { rows }) => sum + rows, known.rows),
    counts,
    examples: [...known.examples, ...added].slice(0, CHANGES_LISTED_MAX),
  };
}

/** For example creates_now_updates, rows_now_rejected. */
function nameOf(foreseen: string, now: string): string {
  const wasGood = GOOD.includes(foreseen);
  const isGood = GOOD.includes(now);
  if (wasGood && isGood) return `${plural(foreseen)}_now_${plural(now)}`;
  if (wasGood) return now === "already_applied" ? "rows_now_skipped" : "rows_now_rejected";
  return isGood ? "rows_now_accepted" : "rows_rejected_otherwise";
}

function plural(fate: string): string {
  return fate === "unchanged" ? fate : `${fate}s`;
}

/** As the API shows it: the counts by name, then examples. */
export function showChanges({ rows, counts, examples }: ChangedSince) {
  return { rows, rows_now_rejected: 0, rows_now_accepted: 0, ...counts, examples };
}

/** Groups rows whose fate differs from what was foreseen, in the order of the file. */
export function groupChanges(
  rows: readonly { readonly row: number; readonly foreseen: string; readonly now: string }[],
): FateChange[] {
  const groups = new Map<string, FateChange & { first_rows: number[]; rows: number }>();
  for (const { row, foreseen, now } of rows) {
    if (foreseen === now) continue;
    const key = `${foreseen}\n${now}`;
    const group = groups.get(key) ?? { foreseen, now, rows: 0, first_rows: [] };
    group.rows += 1;
    if (group.first_rows.length < CHANGES_LISTED_MAX) group.first_rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}
