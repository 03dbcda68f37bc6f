/** SQL of the verification: how much there is, and the faults of each kind. Run all of it in one snapshot. */
import type { Db } from "../../../platform/postgres.ts";
import { FAULT_TEXTS } from "./faultTexts.ts";

/** What is verified. */
export type Subject = keyof typeof FAULT_TEXTS;
export const SUBJECTS = ["entries", "levels", "outcomes", "inbox", "events"] as const;

export interface CountsRow {
  readonly entries: number;
  readonly levels: number;
  readonly outcomes: number;
  readonly inbox: number;
  readonly undone: number;
  readonly events: number;
}

/** How many rows there are of each kind, and how many accepted movements are not decided yet. */
export async function verificationCounts(db: Db): Promise<CountsRow> {
  const { rows } = await db.query<CountsRow>({
    name: "verification_counts",
    text: `
      select (select count(*) from stock_movements) as entries,
        (select count(*) from stock_levels) as levels,
        (select count(*) from movement_outcomes) as outcomes,
        (select count(*) from movement_inbox) as inbox,
        (select count(*) from movement_inbox i where not exists (select from movement_outcomes o where o.id = i.id)) as undone,
        (select count(*) from events) as events`,
  });
  const counts = rows[0];
  if (counts === undefined) throw new Error("the counts of the verification answered nothing");
  return counts;
}

export interface FaultRow {
  readonly check_name: string;
  readonly sku: string | null;
  readonly warehouse: string | null;
  readonly movement_id: string | null;
  readonly lane: number | null;
  readonly expected: string;
  readonly found: string;
  /** Faults of this kind in all. */
  readonly total: number;
}

/** The first faults of a kind, each row with the number of all of them. */
export async function verificationFaults(
  db: Db,
  args: { subject: Subject; limit: number },
): Promise<FaultRow[]> {
  const { rows } = await db.query<FaultRow>({
    name: `verification_faults_${args.subject}`,
    text: `
      select f.check_name, i.sku, w.code as warehouse, f.movement_id, f.lane, f.expected, f.found, f.total
      from (
        select *, count(*) over () as total
        from (${FAULT_TEXTS[args.subject]}) every
        limit $1::int
      ) f
      left join inventory_items i on i.id = f.item_id
      left join warehouses w on w.id = f.warehouse_id
      order by f.check_name, i.sku, w.code, f.movement_id`,
    values: [args.limit],
  });
  return rows;
}

/** Lets the statements of this transaction run for so long. */
export async function verificationBoundsSet(db: Db, statementTimeoutMs: number): Promise<void> {
  await db.query({
    text: "select set_config('statement_timeout', $1::text, true)",
    values: [String(statementTimeoutMs)],
  });
}
