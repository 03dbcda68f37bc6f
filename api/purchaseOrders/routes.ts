/** /v1/purchase-orders: drafts by hand, their way to the supplier and back as goods. A caller sees the orders of its warehouses. */
import { z } from "zod";
import { type ApprovalLimits, approvalFault } from "../../domain/approvalLimits.ts";
import { deriveId } from "../../domain/deriveId.ts";
import {
  changePurchaseOrder,
  createPurchaseOrder,
  movePurchaseOrder,
  type OrderAccess,
  type OrderAction,
  purchaseOrderLinesRead,
  purchaseOrdersPage,
  readOrder,
  receivePurchaseOrder,
} from "../../pipelines/purchasing/index.ts";
import type { LevelCache } from "../../pipelines/stock/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { type Clock, newId } from "../../platform/clock.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { entityTag, versionFromIfMatch } from "../http/entityTag.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, isTimePart, pageOf, toPage } from "../http/pagination.ts";
import { AccessError } from "../http/problem.ts";
import { defineRoute, type Route, type RouteInput } from "../http/route.ts";
import { listPurchases, postDocument } from "./papers.ts";
import {
  orderBody,
  orderOut,
  orderPatch,
  orderQuery,
  orderSummaryOut,
  receiptBody,
  receiptOut,
  showLine,
  showOrder,
} from "./schema.ts";

export interface PurchaseOrderDeps {
  readonly db: DbPool;
  readonly clock: Clock;
  /** Throws UnavailableError (503) while too many accepted movements wait to be applied. */
  readonly refuseWhenFull: () => void;
  /** Wakes the lanes of receipts, after their commit. */
  readonly wakeLanes: (lanes: Iterable<number>) => void;
  readonly receiptTolerancePercent: number;
  readonly approvalLimits: ApprovalLimits;
  readonly storage: Pick<ObjectStorage, "facts" | "put" | "link">;
  /** Makes cached levels read anew what is on order, after the commit that changed it. */
  readonly forgetIncoming: LevelCache["forgetIncoming"];
}

const TAG = "Purchase orders";
const idParams = z.object({ id: idField });

/** Routes of purchase orders. */
export function purchaseOrderRoutes(deps: PurchaseOrderDeps): Route[] {
  return [
    listOrders(deps),
    postOrder(deps),
    getOrder(deps),
    patchOrder(deps),
    postAction(deps, "approve", "Approve a draft"),
    postAction(deps, "send", "Mark an approved order as sent to its supplier"),
    postAction(deps, "cancel", "Cancel an order; what was received stays received"),
    postReceipt(deps),
    postDocument(deps),
    listPurchases(deps),
  ];
}

/** Which order a request means, on whose behalf, and in which version. */
function accessOf(
  input: Pick<RouteInput<{ id: string }, unknown, unknown>, "params" | "caller" | "c">,
): OrderAccess {
  return {
    id: input.params.id,
    warehouses: input.caller.warehouses,
    actor: input.caller.subject,
    ifVersion: versionFromIfMatch(input.c.req.header("if-match")),
  };
}

/** The order after a change of what it has on order. */
async function showChanged(deps: PurchaseOrderDeps, access: OrderAccess) {
  const { order, lines, ...shown } = await readWhole(deps.db, access);
  await deps.forgetIncoming(
    lines.map((line) => ({ itemId: line.item_id, warehouseId: order.warehouse_id })),
  );
  return shown;
}

async function showWhole(db: DbPool, access: Pick<OrderAccess, "id" | "warehouses">) {
  const { status, body, headers } = await readWhole(db, access);
  return { status, body, headers };
}

async function readWhole(db: DbPool, access: Pick<OrderAccess, "id" | "warehouses">) {
  const order = await readOrder(db, access);
  const lines = await purchaseOrderLinesRead(db, order.id);
  const body = { ...showOrder(order), lines: lines.map(showLine) };
  return { order, lines, status: 200, body, headers: { etag: entityTag(order.version) } } as const;
}

function listOrders({ db }: PurchaseOrderDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/purchase-orders",
    tag: TAG,
    summary: "Purchase orders, newest first",
    permission: "read",
    query: orderQuery,
    answers: { 200: { description: "A page, without lines.", schema: pageOf(orderSummaryOut) } },
    handler: async ({ query, caller }) => {
      const rows = await purchaseOrdersPage(db, {
        status: query.status,
        supplier: query.supplier,
        warehouse: query.warehouse,
        late: query.late,
        warehouses: caller.warehouses,
        after: decodeCursor(query.cursor, [isTimePart, isIdPart]),
        limit: query.limit + 1,
      });
      const keyOf = (row: (typeof rows)[number]) => [row.created_key, row.id];
      const page = toPage(rows, { limit: query.limit, keyOf, show: showOrder });
      return { status: 200, body: page };
    },
  });
}

function postOrder(deps: PurchaseOrderDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/purchase-orders",
    tag: TAG,
    summary: "Create a draft",
    permission: "purchasing:write",
    body: orderBody,
    answers: {
      201: { description: "The draft.", schema: orderOut, headers: ["ETag", "Location"] },
    },
    handler: async ({ body, caller, idempotencyScope }) => {
      const id = idempotencyScope === undefined ? newId() : deriveId(`${idempotencyScope}\norder`);
      const { warehouses } = caller;
      await createPurchaseOrder(deps, {
        id,
        supplier: body.supplier,
        warehouse: body.warehouse,
        currency: body.currency,
        expectedOn: body.expected_on,
        note: body.note,
        lines: body.lines.map(toLineRequest),
        actor: caller.subject,
        warehouses,
      });
      const shown = await showWhole(deps.db, { id, warehouses });
      const headers = { ...shown.headers, location: `/v1/purchase-orders/${id}` };
      return { status: 201, body: shown.body, headers };
    },
  });
}

function toLineRequest(line: z.output<typeof orderBody>["lines"][number]) {
  return { sku: line.sku, quantity: line.quantity, unitCost: line.unit_cost };
}

function getOrder({ db }: PurchaseOrderDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/purchase-orders/{id}",
    tag: TAG,
    summary: "One order with its lines",
    permission: "read",
    params: idParams,
    answers: { 200: { description: "The order.", schema: orderOut, headers: ["ETag"] } },
    handler: ({ params, caller }) =>
      showWhole(db, { id: params.id, warehouses: caller.warehouses }),
  });
}

function patchOrder({ db }: PurchaseOrderDeps): Route {
  return defineRoute({
    method: "patch",
    path: "/v1/purchase-orders/{id}",
    tag: TAG,
    summary: "Change a draft",
    description:
      "Only a draft can be changed (409 `wrong_state`). With If-Match a stale change is 412.",
    permission: "purchasing:write",
    params: idParams,
    body: orderPatch,
    reads: ["If-Match"],
    answers: { 200: { description: "The draft.", schema: orderOut, headers: ["ETag"] } },
    handler: async (input) => {
      const { body } = input;
      const access = accessOf(input);
      await changePurchaseOrder(db, access, {
        currency: body.currency,
        expectedOn: body.expected_on,
        note: body.note,
        lines: body.lines?.map(toLineRequest),
      });
      return showWhole(db, access);
    },
  });
}

function postAction(deps: PurchaseOrderDeps, action: OrderAction, summary: string): Route {
  return defineRoute({
    method: "post",
    path: `/v1/purchase-orders/{id}/${action}`,
    tag: TAG,
    summary,
    description:
      action === "approve"
        ? "409 `wrong_state` names the state found and those expected; 403 `approval_limit` where the order costs more than the caller's roles may approve (PO_APPROVAL_LIMITS)."
        : "409 `wrong_state` names the state found and those expected.",
    permission: "purchasing:write",
    params: idParams,
    reads: ["If-Match"],
    answers: { 200: { description: "The order.", schema: orderOut, headers: ["ETag"] } },
    handler: async (input) => {
      const access = accessOf(input);
      await movePurchaseOrder(deps.db, access, action, (order) => {
        if (action === "approve") requireLimit(deps, input.caller, order);
      });
      return showChanged(deps, access);
    },
  });
}

function requireLimit(
  { approvalLimits }: PurchaseOrderDeps,
  caller: Caller,
  order: Parameters<typeof approvalFault>[2],
): void {
  const fault = approvalFault(approvalLimits, caller.roles, order);
  if (fault !== undefined) throw new AccessError(403, "approval_limit", fault);
}

function postReceipt(deps: PurchaseOrderDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/purchase-orders/{id}/receive",
    tag: TAG,
    summary: "Receive goods of a sent order",
    description:
      "Posts a receipt movement a line, durably accepted with the order's change; `GET /v1/movements/{id}` tells when it is applied. More than ordered plus the tolerance is refused (422 `over_receipt`). The cost counts where the order's currency is the item's.",
    permission: ["purchasing:write", "movements:write"],
    params: idParams,
    body: receiptBody,
    reads: ["If-Match"],
    answers: {
      200: { description: "The order and the movements.", schema: receiptOut, headers: ["ETag"] },
    },
    handler: async (input) => {
      const { body, idempotencyScope } = input;
      deps.refuseWhenFull();
      const access = accessOf(input);
      const movements = await receivePurchaseOrder(deps, access, {
        lines: body.lines.map((line) => ({
          line: line.line,
          sku: line.sku,
          quantity: line.quantity,
          unitCost: line.unit_cost,
          lot: line.lot,
          expiresOn: line.expires_on,
        })),
        reason: body.reference ?? null,
        tolerancePercent: deps.receiptTolerancePercent,
        scope: idempotencyScope,
      });
      deps.wakeLanes(new Set(movements.map((movement) => movement.lane)));
      const shown = await showChanged(deps, access);
      const receipts = movements.map(({ lane: _lane, ...receipt }) => receipt);
      return { ...shown, body: { ...shown.body, movements: receipts } };
    },
  });
}
