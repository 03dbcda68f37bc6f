/** The movements of a customer, found by blind index: listed for whoever may see them, and forgotten when the person is erased. */
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import type { Db } from "../../platform/postgres.ts";
import {
  type CustomerSought,
  customerMovementsCount,
  customerMovementsFind,
  customerMovementsForget,
  type MovementCustomerRow,
} from "./queries.ts";

/** A movement with the customer that it named. */
export type CustomerMovement = MovementCustomerRow;

interface Deps {
  readonly db: Db;
  readonly personal: PersonalData;
}

/** Movements that named the reference, or whose customer is kept under it today, the newest first; and how many there are. */
export async function customerMovements(
  { db, personal }: Deps,
  args: { readonly reference: string; readonly limit: number },
): Promise<{ movements: CustomerMovement[]; total: number }> {
  await personal.ready();
  const sought = soughtBy(personal, args.reference);
  const rows = await customerMovementsFind(db, { ...sought, after: undefined, limit: args.limit });
  return {
    movements: await personal.openRows(PERSONAL_TABLES.movementCustomers, rows),
    total: await customerMovementsCount(db, sought),
  };
}

/** A page of the ids of a customer's movements, the newest first, older than the given one. */
export async function customerMovementIds(
  { db, personal }: Deps,
  args: { readonly reference: string; readonly after: string | undefined; readonly limit: number },
): Promise<string[]> {
  await personal.ready();
  const { reference, ...page } = args;
  const rows = await customerMovementsFind(db, { ...soughtBy(personal, reference), ...page });
  return rows.map((row) => row.movement_id);
}

/** Forgets which movements were a customer's; the movements stand. Answers how many they were. */
export async function forgetCustomer(
  db: Db,
  personal: PersonalData,
  reference: string,
): Promise<number> {
  return customerMovementsForget(db, soughtBy(personal, reference));
}

function soughtBy(personal: PersonalData, reference: string): CustomerSought {
  return { reference, index: personal.indexOf("customer", reference) };
}
