/** SQL of deliveries: ended reports whose webhook is to be told, one taken at a time, each try at its due time. */
import type { Db } from "../../../platform/postgres.ts";
import { REPORT_COLUMNS, type ReportRow } from "./reports.ts";

export type DeliveryRow = ReportRow & { readonly webhook_url: string };

/** Takes a report whose end is to be told now; it is due again after `leaseSeconds`, should this worker die. */
export async function deliveryTake(
  db: Db,
  args: { leaseSeconds: number },
): Promise<DeliveryRow | undefined> {
  const { rows } = await db.query<DeliveryRow>({
    name: "report_delivery_take",
    text: `
      update reports
      set delivery_attempts = delivery_attempts + 1,
        delivery_due = clock_timestamp() + make_interval(secs => $1::int)
      where id = (
        select id
        from reports
        where delivery_status = 'pending'
          and delivery_due <= clock_timestamp()
          and status in ('completed', 'failed')
        order by delivery_due
        limit 1
        for update skip locked
      )
      returning ${REPORT_COLUMNS}, webhook_url`,
    values: [args.leaseSeconds],
  });
  return rows[0];
}

/** Keeps how a try ended: pending ones are due again after the pause. */
export async function deliveryEnd(
  db: Db,
  args: {
    id: string;
    attempts: number;
    status: "pending" | "delivered" | "failed";
    error: string | null;
    pauseSeconds: number;
  },
): Promise<void> {
  await db.query({
    name: "report_delivery_end",
    text: `
      update reports
      set delivery_status = $3::text,
        delivery_error = $4::text,
        delivery_due = clock_timestamp() + make_interval(secs => $5::int)
      where id = $1::uuid
        and delivery_attempts = $2::int
        and delivery_status = 'pending'`,
    values: [args.id, args.attempts, args.status, args.error, args.pauseSeconds],
  });
}
