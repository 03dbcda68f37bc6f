/**
 * References of customers as they are stored: sealed for their movement, and found by blind index (docs/decisions/0040). What opens
 * them is asked of PersonalData; a process that has its keys needs no network for it.
 */
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import type { Db } from "../../platform/postgres.ts";
import type { CustomerNote } from "./customerStanding.ts";
import { movementCustomerRead } from "./queries.ts";

const TABLE = PERSONAL_TABLES.movementCustomers;

/** A movement's customer as its row holds it. */
export interface SealedCustomer {
  readonly reference: string;
  readonly canonical: string | null;
  /** Hexadecimal digits. */
  readonly referenceIndex: string;
  readonly canonicalIndex: string | null;
  readonly status: CustomerNote["status"];
  readonly segment: string | null;
  readonly sealedKey: number;
}

/** Seals a customer for the row of a movement. The keys must be there (PersonalData.ready). */
export function sealCustomer(
  personal: PersonalData,
  movementId: string,
  { reference, canonical, status, segment }: CustomerNote,
): SealedCustomer {
  const sealed = personal.sealFields(TABLE, movementId, { reference, canonical });
  return {
    reference: String(sealed["reference"]),
    canonical: textOrNull(sealed["canonical"]),
    referenceIndex: hexOf(personal.indexOf("customer", reference)),
    canonicalIndex: canonical === null ? null : hexOf(personal.indexOf("customer", canonical)),
    status,
    segment,
    sealedKey: personal.activeKey(),
  };
}

/** The customer of a movement; undefined where it named none, or was forgotten since. */
export async function readMovementCustomer(
  { db, personal }: { readonly db: Db; readonly personal: PersonalData },
  movementId: string,
): Promise<CustomerNote | undefined> {
  const row = await movementCustomerRead(db, movementId);
  if (row === undefined) return undefined;
  const [opened = row] = await personal.openRows(TABLE, [row]);
  const { reference, status, canonical, segment } = opened;
  return { reference, status, canonical, segment };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The digits of bytea text. */
function hexOf(bytea: string): string {
  return bytea.slice(2);
}
