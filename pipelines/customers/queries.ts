/** SQL of the customers of movements. They are inserted by the statement that accepts the movement (pipelines/intake/queries.ts). */
import type { Db } from "../../platform/postgres.ts";
import type { CustomerNote, CustomerStanding } from "./customerCheck.ts";

/** The customer of a movement; undefined where it named none. */
export async function movementCustomerRead(
  db: Db,
  movementId: string,
): Promise<CustomerNote | undefined> {
  const { rows } = await db.query<CustomerNote>({
    name: "movement_customer_read",
    text: `
      select reference, status, canonical, segment
      from movement_customers
      where movement_id = $1::uuid`,
    values: [movementId],
  });
  return rows[0];
}

/** Claims references that wait to be verified: nobody else asks for them until the seconds are over. */
export async function unverifiedClaim(
  db: Db,
  args: { limit: number; seconds: number },
): Promise<string[]> {
  const { rows } = await db.query<{ reference: string }>({
    name: "unverified_customers_claim",
    text: `
      with due as (
        select movement_id
        from movement_customers
        where status = 'unverified'
          and ask_at <= clock_timestamp()
        order by ask_at
        limit $1::int
        for update skip locked
      )
      update movement_customers c
      set ask_at = clock_timestamp() + make_interval(secs => $2::int)
      from due
      where c.movement_id = due.movement_id
      returning c.reference`,
    values: [args.limit, args.seconds],
  });
  return rows.map((row) => row.reference);
}

/** Notes what became of a reference on all movements that wait for it; answers how many. */
export async function customerVerified(
  db: Db,
  reference: string,
  standing: CustomerStanding,
): Promise<number> {
  const { rowCount } = await db.query({
    name: "customer_verified",
    text: `
      update movement_customers
      set status = $2::text,
        canonical = $3::text,
        segment = $4::text,
        checked_at = clock_timestamp()
      where reference = $1::text
        and status = 'unverified'`,
    values: [reference, standing.status, standing.canonical, standing.segment],
  });
  return rowCount ?? 0;
}

/** Movements whose customer waits to be verified. */
export async function unverifiedCount(db: Db): Promise<number> {
  const { rows } = await db.query<{ n: number }>({
    name: "unverified_customers_count",
    text: `
      select count(*) as n
      from movement_customers
      where status = 'unverified'`,
  });
  return rows[0]?.n ?? 0;
}
