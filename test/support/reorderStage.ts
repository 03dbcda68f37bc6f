/** A database with suppliers, prices and reorder policies for tests of purchasing and reordering, and a way to move stock. */
import { drainLanes } from "../../pipelines/apply/index.ts";
import { appendToInbox } from "../../pipelines/intake/index.ts";
import { newId } from "../../platform/clock.ts";
import { createPool, type Db, type DbPool } from "../../platform/postgres.ts";
import { type SeededItem, seedItems, seedWarehouses } from "./catalogue.ts";
import { toTestCommand } from "./command.ts";
import { createTestDatabase } from "./database.ts";

const ALL_LANES = Array.from({ length: 256 }, (_, lane) => lane);

/** A database of its own, with a pool that works as the product's writer. */
export async function createReorderStage() {
  const database = await createTestDatabase();
  const db = createPool({
    url: database.writerUrl,
    applicationName: "stockline-test",
    max: 8,
    role: "stockline_writer",
  });
  const [warehouseId = "", otherWarehouseId = ""] = await seedWarehouses(db, ["MAIN", "SOUTH"]);
  return {
    ...builders(db),
    db,
    database,
    warehouseId,
    otherWarehouseId,
    close: async () => {
      await db.end();
      await database.drop();
    },
  };
}

/** Builders of what reorder decisions read, on any database. */
export function builders(db: DbPool) {
  return {
    item: async (sku: string): Promise<SeededItem> => {
      const [item] = await seedItems(db, [sku]);
      if (item === undefined) throw new Error(`item ${sku} was not made`);
      return item;
    },
    supplier: (code: string, given: SupplierGiven = {}) => insertSupplier(db, code, given),
    sells: (supplierId: string, itemId: string, given: PriceGiven = {}) =>
      insertPrice(db, { supplierId, itemId, ...given }),
    policy: (itemId: string, warehouseId: string, given: PolicyGiven) =>
      insertPolicy(db, { itemId, warehouseId, ...given }),
    /** Changes what is on hand by an adjustment, through inbox and ledger. */
    adjust: (item: SeededItem, warehouseId: string, quantity: string) =>
      adjust(db, { item, warehouseId, quantity }),
    /** Applies everything that was accepted. */
    drain: () => drainLanes(db, { lanes: ALL_LANES, rowsMax: 100_000 }),
  };
}

interface SupplierGiven {
  readonly currency?: string;
  readonly leadTimeDays?: number;
}

async function insertSupplier(db: Db, code: string, given: SupplierGiven): Promise<string> {
  const id = newId();
  await db.query({
    text: "insert into suppliers (id, code, name, currency, lead_time_days) values ($1, $2, $2, $3, $4)",
    values: [id, code, given.currency ?? null, given.leadTimeDays ?? null],
  });
  return id;
}

interface PriceGiven {
  readonly unitCost?: string;
  readonly currency?: string;
  readonly moq?: string;
  readonly packSize?: string;
  readonly leadTimeDays?: number;
  readonly preferred?: boolean;
}

async function insertPrice(
  db: Db,
  given: PriceGiven & { readonly supplierId: string; readonly itemId: string },
): Promise<void> {
  await db.query({
    text: `insert into supplier_items
      (id, supplier_id, item_id, unit_cost, currency, moq, pack_size, lead_time_days, preferred)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    values: [
      newId(),
      given.supplierId,
      given.itemId,
      given.unitCost ?? null,
      given.currency ?? null,
      given.moq ?? "1",
      given.packSize ?? "1",
      given.leadTimeDays ?? null,
      given.preferred ?? false,
    ],
  });
}

type PolicyGiven =
  | { readonly min: string; readonly max: string }
  | { readonly reorderPoint: string; readonly reorderQuantity: string };

async function insertPolicy(
  db: Db,
  given: PolicyGiven & { readonly itemId: string; readonly warehouseId: string },
): Promise<void> {
  const minMax = "min" in given;
  await db.query({
    text: `insert into reorder_policies
      (id, item_id, warehouse_id, method, min_quantity, max_quantity, reorder_point, reorder_quantity)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      newId(),
      given.itemId,
      given.warehouseId,
      minMax ? "min_max" : "reorder_point",
      minMax ? given.min : null,
      minMax ? given.max : null,
      minMax ? null : given.reorderPoint,
      minMax ? null : given.reorderQuantity,
    ],
  });
}

async function adjust(
  db: DbPool,
  given: { readonly item: SeededItem; readonly warehouseId: string; readonly quantity: string },
): Promise<void> {
  const command = toTestCommand({
    type: "adjustment",
    itemId: given.item.id,
    lane: given.item.lane,
    warehouseId: given.warehouseId,
    quantity: given.quantity,
  });
  await appendToInbox(db, [command]);
  await drainLanes(db, { lanes: [given.item.lane], rowsMax: 1_000 });
}
