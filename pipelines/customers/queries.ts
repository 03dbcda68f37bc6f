/** SQL of the customers of movements. They are inserted by the statement that accepts the movement (pipelines/intake/queries.ts). */
import type { Db } from "../../platform/postgres.ts";
import { hexArray, plainArray, textArray } from "../../platform/sqlArrays.ts";
import type { CustomerNote, CustomerStanding } from "./customerStanding.ts";

/** A customer with its movement, sealed as it is stored. */
export interface MovementCustomerRow extends CustomerNote {
  readonly movement_id: string;
}

/** The customer of a movement; undefined where it named none. */
export async function movementCustomerRead(
  db: Db,
  movementId: string,
): Promise<MovementCustomerRow | undefined> {
  const { rows } = await db.query<MovementCustomerRow>({
    name: "movement_customer_read",
    text: `
      select movement_id, reference, status, canonical, segment
      from movement_customers
      where movement_id = $1::uuid`,
    values: [movementId],
  });
  return rows[0];
}

/** A movement whose customer waits to be verified, its reference sealed as it is stored. */
export interface WaitingCustomer {
  readonly movement_id: string;
  readonly reference: string;
}

/** Claims customers that wait to be verified: nobody else asks for them until the seconds are over. */
export async function unverifiedClaim(
  db: Db,
  args: { limit: number; seconds: number },
): Promise<WaitingCustomer[]> {
  const { rows } = await db.query<WaitingCustomer>({
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
      returning c.movement_id, c.reference`,
    values: [args.limit, args.seconds],
  });
  return rows;
}

/** Which movements wait for a reference, by its blind index, or by its text where it is plain; in the order of their ids. */
export async function customerWaiting(
  db: Db,
  args: { readonly index: string; readonly reference: string; readonly limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ movement_id: string }>({
    name: "customer_waiting",
    text: `
      select movement_id
      from movement_customers
      where status = 'unverified'
        and (reference_index = $1::bytea or (sealed_key is null and reference = $2::text))
      order by movement_id
      limit $3::int
      for update`,
    values: [args.index, args.reference, args.limit],
  });
  return rows.map((row) => row.movement_id);
}

/** What became of the customer of some movements: one standing, its canonical reference sealed for each of them. */
export interface VerifiedCustomers {
  readonly ids: readonly string[];
  readonly standing: CustomerStanding;
  /** Hexadecimal digits; undefined where there is none. */
  readonly canonicalIndex: string | undefined;
  readonly canonicals: readonly (string | null)[];
  readonly sealedKey: number;
}

/** Notes what became of the customers of movements. */
export async function customersVerified(db: Db, verified: VerifiedCustomers): Promise<void> {
  const { ids, standing, canonicals, canonicalIndex } = verified;
  await db.query({
    name: "customers_verified",
    text: `
      update movement_customers c
      set status = $3::text,
        canonical = v.canonical,
        canonical_index = ($4::bytea[])[1],
        segment = $5::text,
        checked_at = clock_timestamp(),
        sealed_key = case when sealed_key is not null then least(sealed_key, $6::int) end
      from unnest($1::uuid[], $2::text[]) as v (movement_id, canonical)
      where c.movement_id = v.movement_id`,
    values: [
      plainArray(ids),
      textArray(canonicals),
      standing.status,
      hexArray(canonicalIndex === undefined ? [] : [canonicalIndex]),
      standing.segment,
      verified.sealedKey,
    ],
  });
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

/** How a customer's movements are found: by blind index, or by the text of rows from before. */
export interface CustomerSought {
  readonly reference: string;
  /** As bytea text. */
  readonly index: string;
}

const IS_CUSTOMER = `(reference_index = $1::bytea
          or (canonical_index = $1::bytea and canonical_index is distinct from reference_index)
          or (sealed_key is null and (reference = $2::text or canonical = $2::text)))`;

/** Movements of a customer, the newest first, older than the given one. */
export async function customerMovementsFind(
  db: Db,
  args: CustomerSought & { readonly after: string | undefined; readonly limit: number },
): Promise<MovementCustomerRow[]> {
  const { rows } = await db.query<MovementCustomerRow>({
    name: "customer_movements_find",
    text: `
      select movement_id, reference, status, canonical, segment
      from movement_customers
      where ${IS_CUSTOMER}
        and ($3::uuid is null or movement_id < $3::uuid)
      order by movement_id desc
      limit $4::int`,
    values: [args.index, args.reference, args.after ?? null, args.limit],
  });
  return rows;
}

/** How many movements a customer has. */
export async function customerMovementsCount(
  db: Db,
  { index, reference }: CustomerSought,
): Promise<number> {
  const { rows } = await db.query<{ n: number }>({
    name: "customer_movements_count",
    text: `
      select count(*)::int as n
      from movement_customers
      where ${IS_CUSTOMER}`,
    values: [index, reference],
  });
  return rows[0]?.n ?? 0;
}

/** Takes a customer from its movements; answers how many they were. */
export async function customerMovementsForget(
  db: Db,
  { index, reference }: CustomerSought,
): Promise<number> {
  const { rowCount } = await db.query({
    name: "customer_movements_forget",
    text: `
      delete from movement_customers
      where ${IS_CUSTOMER}`,
    values: [index, reference],
  });
  return rowCount ?? 0;
}
