/** SQL that reads what a batch decides: pending movements of locked lanes, and all lines of their atomic groups. */
import type { MovementType } from "../../../domain/movement.ts";
import type { Db } from "../../../platform/postgres.ts";
import { plainArray } from "../../../platform/sqlArrays.ts";
import type { DrainedLane } from "./lanes.ts";

export interface PendingRow {
  /** Where the row lies in the inbox; stays so while this transaction looks at the table. */
  readonly place: string;
  readonly seq: number;
  readonly lane: number;
  readonly id: string;
  readonly type: MovementType;
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly to_warehouse_id: string | null;
  readonly quantity: string;
  readonly unit_cost: string | null;
  readonly expected_version: number | null;
  readonly lot_code: string | null;
  readonly lot_expires_on: string | null;
  readonly target_id: string | null;
  readonly expires_at_ms: number | null;
  readonly counted_version: number | null;
  readonly in_transit: boolean;
  readonly group_id: string | null;
  readonly reason: string | null;
  readonly reference_type: string | null;
  readonly reference_id: string | null;
  readonly source: string;
  readonly actor: string;
  readonly occurred_at_ms: number;
  readonly traceparent: string | null;
}

/** Columns of a PendingRow out of the inbox row `p`. */
const PENDING_COLUMNS = `
        p.ctid::text as place, p.seq, p.lane, p.id, p.type, p.item_id, p.warehouse_id, p.to_warehouse_id, p.quantity,
        p.unit_cost, p.expected_version, p.lot_code, p.lot_expires_on, p.target_id,
        (extract(epoch from p.expires_at) * 1000)::bigint as expires_at_ms, p.counted_version, p.in_transit, p.group_id,
        p.reason, p.reference_type, p.reference_id, p.source, p.actor,
        (extract(epoch from p.occurred_at) * 1000)::bigint as occurred_at_ms, p.traceparent`;

/**
 * Undone movements of the lanes in the order of their acceptance, past their low-water marks and at most `rowsMax` of each. Undone: no
 * outcome for the id; past decided_to there is none. The look-up is a scalar subquery on purpose: it stays an index probe a row.
 */
export async function pendingMovementsRead(
  db: Db,
  lanes: readonly Pick<DrainedLane, "id" | "low_water" | "decided_to" | "rowsMax">[],
): Promise<PendingRow[]> {
  const { rows } = await db.query<PendingRow>({
    name: "pending_movements_read",
    text: pendingSql("true"),
    values: pendingValues(lanes),
  });
  return rows;
}

/** `and` narrows the inbox rows `i`. */
function pendingSql(and: string): string {
  return `
      select ${PENDING_COLUMNS}
      from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::int[]) as n (lane, low_water, decided_to, rows_max)
      cross join lateral (
        select i.ctid, i.*
        from movement_inbox i
        where i.lane = n.lane
          and i.seq > n.low_water
          and ${and}
          and (i.seq > n.decided_to or (select true from movement_outcomes o where o.id = i.id) is null)
        order by i.lane, i.seq
        limit n.rows_max
      ) p
      order by n.lane, p.seq`;
}

function pendingValues(
  lanes: readonly Pick<DrainedLane, "id" | "low_water" | "decided_to" | "rowsMax">[],
): string[] {
  return [
    plainArray(lanes.map((lane) => lane.id)),
    plainArray(lanes.map((lane) => lane.low_water)),
    plainArray(lanes.map((lane) => lane.decided_to)),
    plainArray(lanes.map((lane) => lane.rowsMax)),
  ];
}

/** Undone movements of the lanes that other transactions have put there, at most `rowsMax` of each, in the order of acceptance. */
export async function othersPendingRead(
  db: Db,
  lanes: readonly Pick<DrainedLane, "id" | "low_water" | "decided_to" | "rowsMax">[],
): Promise<PendingRow[]> {
  const { rows } = await db.query<PendingRow>({
    name: "others_pending_read",
    text: pendingSql("i.xid <> pg_current_xact_id()"),
    values: pendingValues(lanes),
  });
  return rows;
}

/** All lines of undone atomic groups, in whatever lane they lie, in the order of their acceptance. */
export async function groupMovementsRead(
  db: Db,
  groupIds: readonly string[],
): Promise<PendingRow[]> {
  const { rows } = await db.query<PendingRow>({
    name: "group_movements_read",
    text: `
      select ${PENDING_COLUMNS}
      from movement_inbox p
      where p.group_id = any($1::uuid[])
        and (select true from movement_outcomes o where o.id = p.id) is null
      order by p.seq`,
    values: [plainArray(groupIds)],
  });
  return rows;
}

/** Movements of the inbox by their ids, in the order of their acceptance. */
export async function pendingByIdRead(db: Db, ids: readonly string[]): Promise<PendingRow[]> {
  const { rows } = await db.query<PendingRow>({
    name: "pending_by_id_read",
    text: `
      select ${PENDING_COLUMNS}
      from movement_inbox p
      where p.id = any($1::uuid[])
      order by p.seq`,
    values: [plainArray(ids)],
  });
  return rows;
}
