/** Drafts by hand: creating one, and changing it while it is a draft. */
import { describeFault, InvalidInputError } from "../../domain/errors.ts";
import { dayIn } from "../../domain/timeZones.ts";
import type { Clock } from "../../platform/clock.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendEvents } from "../events/index.ts";
import { addDrafts, orderEvent } from "./addOrders.ts";
import { draftTerms } from "./draftTerms.ts";
import { lockOrder, type OrderAccess, readOrder, requireStatus } from "./lockOrder.ts";
import { type LineRequest, resolveLines } from "./orderLines.ts";
import {
  type FoundWarehouse,
  purchaseOrderLinesDelete,
  purchaseOrderLinesInsert,
  type SupplierEntry,
  supplierFind,
  warehouseFind,
} from "./queries/lines.ts";
import { purchaseOrderSetHead } from "./queries/orders.ts";

export interface DraftRequest {
  /** The same id sent again is the same order. */
  readonly id: string;
  /** Code or id. */
  readonly supplier: string;
  /** Code or id. */
  readonly warehouse: string;
  readonly currency?: string | undefined;
  readonly expectedOn?: string | undefined;
  readonly note?: string | undefined;
  readonly lines: readonly LineRequest[];
  readonly actor: string;
  readonly warehouses: readonly string[] | undefined;
}

/** Creates a draft and answers its id. Throws InvalidInputError for unknown or archived suppliers, warehouses and items. */
export async function createPurchaseOrder(
  { db, clock }: { db: DbPool; clock: Clock },
  request: DraftRequest,
): Promise<void> {
  const supplier = await findSupplier(db, request.supplier);
  const warehouse = await findWarehouse(db, request);
  const { currency, expectedOn } = draftTerms(
    { currency: request.currency, expectedOn: request.expectedOn },
    supplier,
    dayIn(clock.now(), warehouse.time_zone),
  );
  const lines = await resolveLines(db, {
    supplierId: supplier.id,
    currency,
    lines: request.lines,
  });
  const draft = {
    id: request.id,
    supplierId: supplier.id,
    warehouseId: warehouse.id,
    currency,
    expectedOn,
    note: request.note ?? null,
    createdBy: request.actor,
    generatedByRun: null,
    lines,
  };
  await inTransaction(db, (tx) => addDrafts(tx, [draft]));
}

async function findSupplier(db: DbPool, codeOrId: string): Promise<SupplierEntry> {
  const supplier = await supplierFind(db, codeOrId);
  if (supplier === undefined) {
    throw wrong("supplier", codeOrId, {
      code: "unknown_supplier",
      expected: "the code or id of a supplier",
    });
  }
  if (supplier.status === "archived") {
    throw wrong("supplier", codeOrId, {
      code: "supplier_archived",
      expected: "a supplier that is not archived",
    });
  }
  return supplier;
}

async function findWarehouse(db: DbPool, request: DraftRequest): Promise<FoundWarehouse> {
  const { warehouse: codeOrId, warehouses } = request;
  const warehouse = await warehouseFind(db, { codeOrId, warehouses });
  if (warehouse === undefined) {
    throw wrong("warehouse", codeOrId, {
      code: "unknown_warehouse",
      expected: "the code or id of a warehouse",
    });
  }
  if (warehouse.status === "archived") {
    throw wrong("warehouse", codeOrId, {
      code: "warehouse_archived",
      expected: "a warehouse that is not archived",
    });
  }
  return warehouse;
}

function wrong(
  thing: string,
  found: string,
  fault: { readonly code: string; readonly expected: string },
): InvalidInputError {
  const detail = describeFault({ thing, found, expected: fault.expected });
  return new InvalidInputError([{ pointer: `/${thing}`, code: fault.code, detail }], fault.code);
}

/** What to change of a draft: undefined stays as it is, null empties; lines are replaced as a whole. */
export interface DraftChange {
  readonly currency?: string | null | undefined;
  readonly expectedOn?: string | null | undefined;
  readonly note?: string | null | undefined;
  readonly lines?: readonly LineRequest[] | undefined;
}

/** Changes a draft. Throws NotFoundError, StaleVersionError, ConflictError `wrong_state`, InvalidInputError. */
export async function changePurchaseOrder(
  db: DbPool,
  access: OrderAccess,
  change: DraftChange,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const order = await lockOrder(tx, access);
    requireStatus(order, "change", ["draft"]);
    const head = {
      id: order.id,
      currency: change.currency === undefined ? order.currency : change.currency,
      expectedOn: change.expectedOn === undefined ? order.expected_on : change.expectedOn,
      note: change.note === undefined ? order.note : change.note,
    };
    if (change.lines !== undefined) {
      const request = { supplierId: order.supplier_id, currency: head.currency };
      const lines = await resolveLines(tx, { ...request, lines: change.lines });
      await purchaseOrderLinesDelete(tx, order.id);
      await purchaseOrderLinesInsert(
        tx,
        lines.map((line, index) => ({ ...line, orderId: order.id, lineNumber: index + 1 })),
      );
    }
    await purchaseOrderSetHead(tx, head);
    await appendEvents(tx, [orderEvent(await readOrder(tx, access), "updated")]);
  });
}
