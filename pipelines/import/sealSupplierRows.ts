/**
 * Seals the personal fields of staged rows of suppliers before they are laid over what is stored. A value that says what is stored
 * becomes the stored one, so that equal rows change nothing although each sealing is another text. Idempotent; rows that were
 * sealed for a supplier that somebody else made meanwhile are sealed anew for that one.
 */

import { newId } from "../../platform/clock.ts";
import { sealingKeyOf } from "../../platform/cryptoEnvelope.ts";
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import type { DbClient } from "../../platform/postgres.ts";
import type { RowRange } from "./queries/rows.ts";
import {
  type StagedSupplierRow,
  stagedSuppliersRead,
  stagedSuppliersWrite,
} from "./queries/stagedSuppliers.ts";

const TABLE = PERSONAL_TABLES.suppliers;

/** Seals the rows of a range; `personal` must be ready. */
export async function sealSupplierRows(
  tx: DbClient,
  personal: PersonalData,
  range: RowRange,
): Promise<void> {
  const rows = await stagedSuppliersRead(tx, range);
  const stored = await personal.openRows(
    TABLE,
    rows.map((row) => ({ ...row.stored, id: row.stored_id })),
  );
  const sealed = rows.map((row, nth) => ({
    row: row.row_number,
    fields: sealRow(personal, row, stored[nth] ?? {}),
  }));
  if (sealed.length > 0) await stagedSuppliersWrite(tx, range.importId, sealed);
}

function sealRow(
  personal: PersonalData,
  { fields, stored_id: storedId, stored }: StagedSupplierRow,
  plainStored: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const before = typeof fields["sealed_for"] === "string" ? fields["sealed_for"] : undefined;
  const rowId = storedId ?? before ?? newId();
  const changed: Record<string, unknown> = {};
  const kept: Record<string, unknown> = {};
  for (const column of TABLE.columns) {
    const given = fields[column];
    if (typeof given !== "string") continue;
    const text = personal.openValue(TABLE, { column, rowId: before ?? rowId }, given);
    if (text === plainStored[column])
      Object.assign(kept, asStored(personal, { column, text, stored }));
    else changed[column] = text;
  }
  return { ...personal.sealFields(TABLE, rowId, changed), ...kept, sealed_for: rowId };
}

/** The stored value as it is, with its index where it is sealed: one that is plain has none yet. */
function asStored(
  personal: PersonalData,
  args: { column: string; text: string; stored: Readonly<Record<string, unknown>> | null },
): Record<string, unknown> {
  const value = args.stored?.[args.column];
  const index = Object.entries(TABLE.indexes).find(([column]) => column === args.column)?.[1];
  if (index === undefined || typeof value !== "string" || sealingKeyOf(value) === undefined) {
    return { [args.column]: value };
  }
  return { [args.column]: value, [index.column]: personal.indexOf(index.kind, args.text) };
}
