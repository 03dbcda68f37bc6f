/** SQL of closed periods: months (UTC) that take no further entries dated into them. */
import type { Db } from "../../platform/postgres.ts";

export interface ClosedPeriod {
  /** YYYY-MM. */
  readonly month: string;
  readonly closed_by: string;
  readonly closed_at: Date;
}

const COLUMNS = "to_char(month, 'YYYY-MM') as month, closed_by, closed_at";

/** True where the month (YYYY-MM) is over by the database's clock. */
export async function monthIsOver(db: Db, month: string): Promise<boolean> {
  const { rows } = await db.query<{ is_over: boolean }>({
    name: "month_is_over",
    text: `
      select ($1::text || '-01')::date + interval '1 month' <= now() at time zone 'UTC' as is_over`,
    values: [month],
  });
  return rows[0]?.is_over === true;
}

/** Waits for the rows of all lanes of items in ascending order and holds them until the transaction ends. */
export async function itemLanesLock(db: Db, timeoutMs: number): Promise<void> {
  await db.query({
    text: "select set_config('lock_timeout', $1::text, true)",
    values: [String(timeoutMs)],
  });
  await db.query({
    name: "item_lanes_lock",
    text: `
      select id
      from lanes
      where id < 256
      order by id
      for update`,
  });
}

/** Closes the month; does nothing where it is closed. */
export async function periodClose(
  db: Db,
  { month, closedBy }: { readonly month: string; readonly closedBy: string },
): Promise<void> {
  await db.query({
    name: "period_close",
    text: `
      insert into closed_periods (month, closed_by, closed_at)
      values (($1::text || '-01')::date, $2::text, clock_timestamp())
      on conflict on constraint closed_periods_pkey do nothing`,
    values: [month, closedBy],
  });
}

/** The month, if it is closed. */
export async function closedPeriodRead(db: Db, month: string): Promise<ClosedPeriod | undefined> {
  const { rows } = await db.query<ClosedPeriod>({
    name: "closed_period_read",
    text: `
      select ${COLUMNS}
      from closed_periods
      where month = ($1::text || '-01')::date`,
    values: [month],
  });
  return rows[0];
}

/** Closed months below the given one, the latest first, at most `limit` of them. */
export async function closedPeriodsPage(
  db: Db,
  { before, limit }: { readonly before: string | undefined; readonly limit: number },
): Promise<ClosedPeriod[]> {
  const { rows } = await db.query<ClosedPeriod>({
    name: "closed_periods_page",
    text: `
      select ${COLUMNS}
      from closed_periods
      where $1::text is null
        or month < ($1::text || '-01')::date
      order by month desc
      limit $2::int`,
    values: [before ?? null, limit],
  });
  return rows;
}

/** Every closed month, as YYYY-MM. */
export async function closedMonths(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ month: string }>({
    name: "closed_months",
    text: `
      select to_char(month, 'YYYY-MM') as month
      from closed_periods`,
  });
  return rows.map((row) => row.month);
}
