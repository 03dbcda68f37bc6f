/** GET /v1/warehouses?near=: the warehouses that can fulfil, nearest first, with their distance in metres. */
import { describeFault, InvalidInputError } from "../../domain/errors.ts";
import {
  type CatalogueLookup,
  type NearWarehouseRow,
  warehousesNearest,
} from "../../pipelines/catalogue/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { decodeCursor, isIdPart, isNumberPart, toPage } from "../http/pagination.ts";
import type { RouteAnswer } from "../http/route.ts";

interface NearQuery {
  readonly near?: { readonly latitude: number; readonly longitude: number } | undefined;
  readonly sku?: string | undefined;
  readonly quantity?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Answers the page; throws InvalidInputError for sku without near, quantity without sku, and an unknown sku. */
export async function listNearest(
  deps: {
    readonly db: DbPool;
    readonly catalogue: Pick<CatalogueLookup, "itemBySku">;
  },
  query: NearQuery,
  caller: Caller,
): Promise<RouteAnswer> {
  const { near, sku, quantity, limit, cursor } = query;
  if (near === undefined) throw missing("near", "a point, since sku or quantity is given");
  if (quantity !== undefined && sku === undefined) throw missing("sku", "the item of the quantity");
  const item = sku === undefined ? undefined : await deps.catalogue.itemBySku(sku);
  if (sku !== undefined && item === undefined) {
    const detail = describeFault({ thing: "sku", found: sku, expected: "the SKU of an item" });
    throw new InvalidInputError(
      [{ pointer: "/query/sku", code: "unknown_sku", detail }],
      "unknown_sku",
    );
  }
  const [distance, id] = decodeCursor(cursor, [isNumberPart, isIdPart]) ?? [];
  const rows = await warehousesNearest(deps.db, {
    ...near,
    itemId: item?.id,
    quantity: quantity ?? "0",
    codes: caller.warehouses,
    after: id === undefined ? undefined : { distance: Number(distance), id },
    limit: limit + 1,
  });
  const keyOf = (row: NearWarehouseRow) => [String(row.distance_m), row.id];
  return { status: 200, body: toPage(rows, { limit, keyOf, show: showNear }) };
}

/** A distance is shown to the decimetre; the cursor keeps it whole. */
function showNear({ available, ...row }: NearWarehouseRow) {
  const rounded = { ...row, distance_m: Math.round(row.distance_m * 10) / 10 };
  return available === null ? rounded : { ...rounded, available };
}

function missing(thing: string, expected: string): InvalidInputError {
  const detail = describeFault({ thing, expected });
  return new InvalidInputError(
    [{ pointer: `/query/${thing}`, code: "required", detail }],
    "required",
  );
}
