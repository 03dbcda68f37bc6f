/** SKUs and warehouse codes of stock requests as ids. What does not exist, or not for the caller, is not found. */
import { NotFoundError } from "../../domain/errors.ts";
import type {
  CatalogueLookup,
  ItemEntry,
  WarehouseEntry,
} from "../../pipelines/catalogue/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { refuseOtherWarehouse } from "../http/warehouseLimit.ts";

type Lookup = Pick<CatalogueLookup, "itemBySku" | "warehouseByCode">;

/** The item and the warehouse of a level. Throws NotFoundError. */
export async function pairOf(
  catalogue: Lookup,
  codes: { readonly sku: string; readonly warehouse: string },
  caller: Caller,
): Promise<{ item: ItemEntry; warehouse: WarehouseEntry }> {
  refuseOtherWarehouse(caller, codes.warehouse);
  const [item, warehouse] = await Promise.all([
    itemOf(catalogue, codes.sku),
    warehouseOf(catalogue, codes.warehouse),
  ]);
  return { item, warehouse };
}

/** The item of a SKU. Throws NotFoundError. */
export async function itemOf(catalogue: Lookup, sku: string): Promise<ItemEntry> {
  const item = await catalogue.itemBySku(sku);
  if (item === undefined) throw new NotFoundError("item", sku);
  return item;
}

/** The warehouse of a code. Throws NotFoundError. */
async function warehouseOf(catalogue: Lookup, code: string): Promise<WarehouseEntry> {
  const warehouse = await catalogue.warehouseByCode(code);
  if (warehouse === undefined) throw new NotFoundError("warehouse", code);
  return warehouse;
}

/** Ids of the codes that a list is filtered by; undefined where none was given. Throws NotFoundError. */
export async function filterOf(
  catalogue: Lookup,
  codes: { readonly sku?: string | undefined; readonly warehouse?: string | undefined },
  caller: Caller,
): Promise<{ itemId: string | undefined; warehouseId: string | undefined }> {
  const { sku, warehouse } = codes;
  if (warehouse !== undefined) refuseOtherWarehouse(caller, warehouse);
  const [item, place] = await Promise.all([
    sku === undefined ? undefined : itemOf(catalogue, sku),
    warehouse === undefined ? undefined : warehouseOf(catalogue, warehouse),
  ]);
  return { itemId: item?.id, warehouseId: place?.id };
}
