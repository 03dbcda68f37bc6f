/** SQL of the materialized views: what has changed, and the refresh itself (done by the owner's function). */
import type { Db } from "../../platform/postgres.ts";

/** The materialized views, in the order of their refresh. */
export const VIEW_NAMES = ["v_current_inventory", "v_pending_orders", "v_low_stock_items"] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/**
 * A number that grows with every event of the platform: the sum of the lanes' next positions. Cheap (272 rows), and what
 * is not committed yet grows it later, at its commit.
 */
export async function eventsMarkRead(db: Db): Promise<number> {
  const { rows } = await db.query<{ mark: number }>({
    name: "events_mark_read",
    text: `
      select sum(next_position)::bigint as mark
      from lanes`,
  });
  return rows[0]?.mark ?? 0;
}

/** Bounds the waiting and the work of the refresh in this transaction. */
export async function refreshBoundsSet(
  db: Db,
  args: { lockTimeoutMs: number; statementTimeoutMs: number },
): Promise<void> {
  await db.query({
    text: `
      select set_config('lock_timeout', $1::text, true),
        set_config('statement_timeout', $2::text, true)`,
    values: [String(args.lockTimeoutMs), String(args.statementTimeoutMs)],
  });
}

/** Refreshes one view without blocking its readers; answers its rows and when its snapshot was taken. */
export async function viewRefresh(
  db: Db,
  view: ViewName,
): Promise<{ rows: number; refreshed_at: Date }> {
  const { rows } = await db.query<{ rows: number; refreshed_at: Date }>({
    name: "view_refresh",
    text: `
      select rows, refreshed_at
      from refresh_view($1::text)`,
    values: [view],
  });
  const refreshed = rows[0];
  if (refreshed === undefined) throw new Error(`the refresh of ${view} answered nothing`);
  return refreshed;
}

/** When each view was refreshed last. */
export async function viewRefreshesRead(
  db: Db,
): Promise<{ view_name: ViewName; refreshed_at: Date; rows: number }[]> {
  const { rows } = await db.query<{ view_name: ViewName; refreshed_at: Date; rows: number }>({
    name: "view_refreshes_read",
    text: `
      select view_name, refreshed_at, rows
      from view_refreshes
      order by view_name`,
  });
  return rows;
}
