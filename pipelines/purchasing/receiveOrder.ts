/**
 * Receives goods of a sent order: in one transaction, under the order's row lock, the lines' received quantities grow and
 * receipt movements enter the inbox, so a receipt is counted exactly once at every moment (stock_positions). Lanes are woken
 * after the commit, by the caller. A request with a scope that was carried out before changes nothing and answers the same ids.
 */
import { deriveId } from "../../domain/deriveId.ts";
import {
  ConflictError,
  describeFault,
  type InputFault,
  InvalidInputError,
} from "../../domain/errors.ts";
import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";
import type { Clock } from "../../platform/clock.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendEvents } from "../events/index.ts";
import { appendToInbox, hashMovementBody, type MovementCommand, UNSAID } from "../intake/index.ts";
import { orderEvent } from "./addOrders.ts";
import {
  lockOrder,
  type OrderAccess,
  readOrder,
  requireStatus,
  requireVersion,
} from "./lockOrder.ts";
import {
  type LineRow,
  purchaseOrderLinesRead,
  purchaseOrderLinesReceive,
} from "./queries/lines.ts";
import { type OrderRow, purchaseOrdersSetStatus, receiptsKnown } from "./queries/orders.ts";

/** A quantity that came in for a line, named by number, id or SKU. */
export interface ReceivedLine {
  readonly line?: number | string | undefined;
  readonly sku?: string | undefined;
  readonly quantity: string;
  readonly unitCost?: string | undefined;
  /** Code of the lot, or the serial number. */
  readonly lot?: string | undefined;
  /** YYYY-MM-DD. */
  readonly expiresOn?: string | undefined;
}

interface ReceiptRequest {
  readonly lines: readonly ReceivedLine[];
  /** Delivery note or the like; kept as the movements' reason. */
  readonly reason: string | null;
  readonly tolerancePercent: number;
  /** Names this attempt of the client, stable over retries. */
  readonly scope: string | undefined;
}

/** A receipt movement of an order's line. */
export interface ReceiptMovement {
  readonly id: string;
  readonly lane: number;
  readonly line: number;
  readonly sku: string;
  readonly quantity: string;
}

/** A line of the request with the order's line that it names. */
interface Receipt {
  readonly id: string;
  readonly given: ReceivedLine;
  readonly line: LineRow;
}

/**
 * Receives lines; answers the movements, in the order of the request. Throws NotFoundError, StaleVersionError, ConflictError
 * `wrong_state`, InvalidInputError (`unknown_line`; `over_receipt` past the ordered quantity plus the tolerance; `lot_required`,
 * `lot_not_tracked`, `serial_quantity` where the item's tracking asks for something else).
 */
export async function receivePurchaseOrder(
  { db, clock }: { db: DbPool; clock: Clock },
  access: OrderAccess,
  request: ReceiptRequest,
): Promise<ReceiptMovement[]> {
  return inTransaction(db, async (tx) => {
    // A repeat names the version that its first attempt has moved on from, so If-Match is looked at later.
    const order = await lockOrder(tx, { ...access, ifVersion: undefined });
    const receipts = matchLines(await purchaseOrderLinesRead(tx, order.id), request);
    if (request.scope === undefined || !(await areKnown(tx, receipts))) {
      requireVersion(order, access.ifVersion);
      requireStatus(order, "receive", ["sent", "partially_received"]);
      checkLots(receipts);
      checkTolerance(receipts, request.tolerancePercent);
      await enterReceipts(tx, {
        order,
        receipts,
        access,
        reason: request.reason,
        now: clock.now(),
      });
    }
    return receipts.map(({ id, line, given }) => ({
      id,
      lane: line.lane,
      line: line.line,
      sku: line.sku,
      quantity: given.quantity,
    }));
  });
}

async function areKnown(tx: DbClient, receipts: readonly Receipt[]): Promise<boolean> {
  const ids = receipts.map((receipt) => receipt.id);
  return (await receiptsKnown(tx, ids)) === ids.length;
}

/**
 * Finds the order's line of each given one. A movement's id follows from the client's attempt, or from the line and what
 * it had received before: two receipts of a line never share an id, a repeated one does.
 */
function matchLines(lines: readonly LineRow[], request: ReceiptRequest): Receipt[] {
  const received = new Map(
    lines.map((line) => [line.id, quantityFromText(line.received_quantity)]),
  );
  const faults: InputFault[] = [];
  const receipts = request.lines.flatMap((given, place) => {
    const line = lines.find((one) => isNamed(one, given));
    if (line === undefined) {
      faults.push(unknownLine(given, place));
      return [];
    }
    const before = received.get(line.id) ?? 0n;
    received.set(line.id, before + quantityFromText(given.quantity));
    const scope = request.scope;
    const name = scope === undefined ? `${line.id}\n${before}` : `${scope}\nreceipt ${place}`;
    return [{ id: deriveId(name), given, line }];
  });
  if (faults.length > 0) throw new InvalidInputError(faults, faults[0]?.code);
  return receipts;
}

function isNamed(line: LineRow, given: ReceivedLine): boolean {
  if (given.line !== undefined) return given.line === line.line || given.line === line.id;
  return given.sku === line.sku;
}

function unknownLine(given: ReceivedLine, place: number): InputFault {
  const thing = given.line === undefined ? "sku" : "line";
  const found = given.line ?? given.sku;
  const expected = `the ${thing === "sku" ? "SKU" : "number or id"} of a line of this order`;
  const detail = describeFault({ thing, found, expected });
  return { pointer: `/lines/${place}/${thing}`, code: "unknown_line", detail };
}

/** What the fold would reject later is refused here, before it counts as received. */
function checkLots(receipts: readonly Receipt[]): void {
  const faults = receipts.flatMap(({ given, line }, place) => {
    const code = lotFault(given, line);
    if (code === null) return [];
    const field = code === "serial_quantity" ? "quantity" : "lot";
    const detail = describeFault({
      thing: field,
      found: field === "lot" ? given.lot : given.quantity,
      expected: LOT_EXPECTATIONS[code](line),
    });
    return [{ pointer: `/lines/${place}/${field}`, code, detail }];
  });
  if (faults.length > 0) throw new InvalidInputError(faults, faults[0]?.code);
}

const LOT_EXPECTATIONS = {
  lot_required: (line: LineRow) => `the lot or serial number of ${line.sku}, which is tracked`,
  lot_not_tracked: (line: LineRow) => `nothing: ${line.sku} is not tracked by lot`,
  serial_quantity: (line: LineRow) => `1: a line a serial number of ${line.sku}`,
} as const;

function lotFault(given: ReceivedLine, line: LineRow): keyof typeof LOT_EXPECTATIONS | null {
  if (line.tracking === "none") {
    return given.lot === undefined && given.expiresOn === undefined ? null : "lot_not_tracked";
  }
  if (given.lot === undefined) return "lot_required";
  return line.tracking === "serial" && given.quantity !== "1" ? "serial_quantity" : null;
}

/** Refuses more than ordered plus the tolerance, all lines of the request taken together. */
function checkTolerance(receipts: readonly Receipt[], tolerancePercent: number): void {
  const received = new Map<string, bigint>();
  const faults = receipts.flatMap(({ given, line }, place) => {
    const before = received.get(line.id) ?? quantityFromText(line.received_quantity);
    const total = before + quantityFromText(given.quantity);
    received.set(line.id, total);
    const most = (quantityFromText(line.quantity) * BigInt(100 + tolerancePercent)) / 100n;
    if (total <= most) return [];
    const left = most > before ? most - before : 0n;
    const detail = describeFault({
      thing: "quantity",
      found: given.quantity,
      expected: `at most ${formatQuantity(left)} of ${line.sku}: ${line.quantity} were ordered, ${formatQuantity(before)} received, ${tolerancePercent} % more are tolerated`,
    });
    return [{ pointer: `/lines/${place}/quantity`, code: "over_receipt", detail }];
  });
  if (faults.length > 0) throw new InvalidInputError(faults, "over_receipt");
}

interface Entry {
  readonly order: OrderRow;
  readonly receipts: readonly Receipt[];
  readonly access: OrderAccess;
  readonly reason: string | null;
  readonly now: Date;
}

async function enterReceipts(tx: DbClient, entry: Entry): Promise<void> {
  const { order, receipts, access } = entry;
  const commands = receipts.map((receipt) => toCommand(receipt, entry));
  const acceptances = await appendToInbox(tx, commands);
  const reused = acceptances.find((acceptance) => acceptance.result !== "new");
  if (reused !== undefined) {
    throw new ConflictError({
      code: "receipt_exists",
      detail: `movement ${reused.id} of this receipt exists already; read the order again before receiving more`,
    });
  }
  await purchaseOrderLinesReceive(
    tx,
    receipts.map(({ line, given }) => ({ lineId: line.id, quantity: given.quantity })),
  );
  const lines = await purchaseOrderLinesRead(tx, order.id);
  const status = lines.every((line) => line.open_quantity === "0")
    ? "received"
    : "partially_received";
  await purchaseOrdersSetStatus(tx, { ids: [order.id], status, actor: access.actor });
  await appendEvents(tx, [orderEvent(await readOrder(tx, access))]);
}

/** The receipt movement. Its cost counts only in the item's own currency, since the average cost is kept in that. */
function toCommand({ id, given, line }: Receipt, entry: Entry): MovementCommand {
  const { order, access, reason, now } = entry;
  const currency = order.currency ?? line.item_currency;
  const foreign = line.item_currency !== null && currency !== line.item_currency;
  const fields = {
    type: "receipt",
    itemId: line.item_id,
    warehouseId: order.warehouse_id,
    toWarehouseId: null,
    quantity: given.quantity,
    unitCost: foreign ? null : (given.unitCost ?? line.unit_cost),
    currency: foreign ? null : currency,
    expectedVersion: null,
    reason,
    referenceType: "purchase_order",
    referenceId: order.number,
    ...UNSAID,
    lotCode: given.lot ?? null,
    lotExpiresOn: given.expiresOn ?? null,
  } as const;
  return {
    ...fields,
    id,
    lane: line.lane,
    bodyHash: hashMovementBody({ ...fields, occurredAt: null }),
    source: "purchase_order",
    sourceId: order.id,
    groupId: null,
    actor: access.actor,
    occurredAt: now,
  };
}
