/** Staged rows as movements for the inbox, and what their acceptance says of the rows. */
import type { ImportKind } from "../../domain/importWords.ts";
import type { MovementType } from "../../domain/movement.ts";
import { toStockUnits } from "../../domain/stockUnits.ts";
import {
  type Acceptance,
  type HashedFields,
  hashMovementBody,
  type MovementCommand,
  UNSAID,
} from "../intake/index.ts";
import { kindOf } from "./importRun.ts";
import type { ImportRow } from "./queries/imports.ts";
import type { ResolvedRow } from "./queries/movements.ts";
import type { WordedFault } from "./queries/rows.ts";
import { wordFault } from "./wordFault.ts";

/** What rows of a chunk come to. */
export interface Converted {
  /** Rows with a command each, in the order of the file. */
  readonly rows: readonly ResolvedRow[];
  readonly commands: readonly MovementCommand[];
  /** Rows whose pack has changed since they were checked. */
  readonly unconverted: readonly WordedFault[];
}

/** The movements that rows say, their quantities in the items' stock units. */
export function convertRows(resolved: readonly ResolvedRow[], from: ImportRow): Converted {
  const rows: ResolvedRow[] = [];
  const commands: MovementCommand[] = [];
  const unconverted: WordedFault[] = [];
  for (const row of resolved) {
    const quantity = stockQuantity(row);
    if (typeof quantity === "string") {
      rows.push(row);
      commands.push(toCommand(row, quantity, from));
    } else unconverted.push(quantity);
  }
  return { rows, commands, unconverted };
}

/** The row's quantity in the item's stock unit. */
function stockQuantity(row: ResolvedRow): string | WordedFault {
  const { fields, factor, stock_unit: stockUnit } = row;
  const { quantity = "0", unit = stockUnit } = fields;
  if (unit === stockUnit) return quantity;
  const converted = factor === null ? { fault: "unknown_unit" } : toStockUnits(quantity, factor);
  if ("quantity" in converted) return converted.quantity;
  return wordFault({
    row_number: row.row_number,
    column_name: factor === null ? "unit" : "quantity",
    code: converted.fault,
    value: factor === null ? unit : quantity,
    known: factor === null ? JSON.stringify(stockUnit) : `${factor} ${stockUnit}`,
  });
}

function toCommand(row: ResolvedRow, quantity: string, from: ImportRow): MovementCommand {
  const { fields } = row;
  const countedVersion = fields["counted_version"];
  const occurredAt = fields["occurred_at"] === undefined ? null : new Date(fields["occurred_at"]);
  const hashed: HashedFields = {
    type: typeOf(fields["type"], kindOf(from)),
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    toWarehouseId: row.to_warehouse_id,
    // the hash is of what the row says: packs stay packs in it
    quantity: row.factor === null ? quantity : `${fields["quantity"]} ${fields["unit"]}`,
    unitCost: fields["unit_cost"] ?? null,
    currency: fields["currency"] ?? null,
    expectedVersion: null,
    reason: fields["reason"] ?? null,
    referenceType: fields["reference_type"] ?? null,
    referenceId: fields["reference_id"] ?? null,
    occurredAt,
    ...UNSAID,
    lotCode: fields["lot"] ?? null,
    lotExpiresOn: fields["expires_on"] ?? null,
    countedVersion: countedVersion === undefined ? null : Number(countedVersion),
  };
  // Spreads come last: V8 takes a hundred times as long for members that are added after one.
  return {
    id: row.id,
    lane: row.lane,
    bodyHash: hashMovementBody(hashed),
    source: "import",
    sourceId: from.id,
    groupId: null,
    actor: from.created_by,
    ...hashed,
    quantity,
    occurredAt: occurredAt ?? from.created_at,
  };
}

/** The type was checked against the closed list when the row was staged. */
function typeOf(text: string | undefined, kind: ImportKind): MovementType {
  return kind === "counts" ? "count" : (text as MovementType);
}

/** Rows whose id was used before: by the same movement (skipped) or by another one (rejected). */
export function sortOut(
  rows: readonly ResolvedRow[],
  acceptances: readonly (Acceptance | undefined)[],
): { repeated: WordedFault[]; reused: WordedFault[] } {
  const repeated: WordedFault[] = [];
  const reused: WordedFault[] = [];
  for (const [place, row] of rows.entries()) {
    const result = acceptances[place]?.result ?? "new";
    const fault = { rowNumber: row.row_number, column: "id", value: row.id };
    if (result === "repeat") {
      repeated.push({
        ...fault,
        code: "already_applied",
        detail: `movement ${row.id} was accepted before; the row changes nothing`,
      });
    } else if (result === "reused") {
      reused.push({
        ...fault,
        code: "id_reused",
        detail: `id "${row.id}" was used for another movement; use a new id for a new movement`,
      });
    }
  }
  return { repeated, reused };
}
