/** Turns the lines that a buyer writes (SKUs, quantities) into lines of an order, or into faults placed by JSON pointer. */
import { describeFault, type InputFault, InvalidInputError } from "../../domain/errors.ts";
import { newId } from "../../platform/clock.ts";
import type { Db } from "../../platform/postgres.ts";
import type { NewDraft } from "./addOrders.ts";
import { standardCost } from "./draftTerms.ts";
import { type OrderedItem, orderedItemsRead } from "./queries/lines.ts";

/** A line as it is asked for; without a cost the supplier's own price is taken. */
export interface LineRequest {
  readonly sku: string;
  readonly quantity: string;
  readonly unitCost?: string | undefined;
}

interface LinesRequest {
  readonly supplierId: string;
  readonly currency: string | null;
  readonly lines: readonly LineRequest[];
}

/** Resolves the lines. Throws InvalidInputError naming every line whose SKU is unknown, archived or named twice. */
export async function resolveLines(db: Db, request: LinesRequest): Promise<NewDraft["lines"]> {
  const skus = [...new Set(request.lines.map((line) => line.sku))];
  const found = await orderedItemsRead(db, { supplierId: request.supplierId, skus });
  const items = new Map(found.map((item) => [item.sku, item]));
  const faults = request.lines.flatMap((line, place) => {
    const fault = faultOf(line, items.get(line.sku), isRepeat(request.lines, place));
    return fault === undefined ? [] : [{ ...fault, pointer: `/lines/${place}/sku` }];
  });
  if (faults.length > 0) throw new InvalidInputError(faults, faults[0]?.code);
  return request.lines.flatMap((line) => {
    const item = items.get(line.sku);
    return item === undefined ? [] : [toLine(line, item, request.currency)];
  });
}

function isRepeat(lines: readonly LineRequest[], place: number): boolean {
  return lines.findIndex((line) => line.sku === lines[place]?.sku) < place;
}

function faultOf(
  line: LineRequest,
  item: OrderedItem | undefined,
  repeated: boolean,
): Omit<InputFault, "pointer"> | undefined {
  const fault = (code: string, expected: string) => ({
    code,
    detail: describeFault({ thing: "sku", found: line.sku, expected }),
  });
  if (item === undefined) return fault("unknown_sku", "the SKU of an item");
  if (item.status === "archived") return fault("item_archived", "an item that is not archived");
  if (repeated) return fault("duplicate_line", "one line for each item of an order");
  return undefined;
}

function toLine(line: LineRequest, item: OrderedItem, currency: string | null) {
  return {
    id: newId(),
    itemId: item.id,
    quantity: line.quantity,
    unitCost: line.unitCost ?? standardCost(item, currency),
    explanation: null,
  };
}
