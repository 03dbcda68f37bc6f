/** What a body names by code: an active item or warehouse, or 422 with a pointer to the field that names it. */
import { describeFault, InvalidInputError } from "../../domain/errors.ts";
import type {
  CatalogueLookup,
  ItemEntry,
  WarehouseEntry,
} from "../../pipelines/catalogue/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { refuseOtherWarehouse } from "../http/warehouseLimit.ts";

/** The item of the field `sku`; throws InvalidInputError where it does not exist or is archived. */
export async function itemNamed(
  catalogue: Pick<CatalogueLookup, "itemBySku">,
  sku: string,
): Promise<ItemEntry> {
  const item = await catalogue.itemBySku(sku);
  if (item === undefined) throw unknown("sku", sku, "the SKU of an item");
  if (item.status === "archived") throw archived("sku", sku);
  return item;
}

/** The warehouse of the field `warehouse`; throws NotFoundError where the caller is limited to others. */
export async function warehouseNamed(
  catalogue: Pick<CatalogueLookup, "warehouseByCode">,
  code: string,
  caller: Caller,
): Promise<WarehouseEntry> {
  refuseOtherWarehouse(caller, code);
  const warehouse = await catalogue.warehouseByCode(code);
  if (warehouse === undefined) throw unknown("warehouse", code, "the code of a warehouse");
  if (warehouse.status === "archived") throw archived("warehouse", code);
  return warehouse;
}

function unknown(field: string, found: string, expected: string): InvalidInputError {
  const detail = describeFault({ thing: field, found, expected });
  return new InvalidInputError(
    [{ pointer: `/${field}`, code: `unknown_${field}`, detail }],
    `unknown_${field}`,
  );
}

function archived(field: string, found: string): InvalidInputError {
  const detail = describeFault({ thing: field, found, expected: "one that is not archived" });
  return new InvalidInputError([{ pointer: `/${field}`, code: "archived", detail }], "archived");
}
