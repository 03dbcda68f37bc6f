/**
 * Takes many orders in at once, inside the caller's transaction: new drafts with their numbers, changes of drafts, and their
 * way on to approved or sent, with the events that the same steps over HTTP have.
 */
import type { DbClient } from "../../platform/postgres.ts";
import { appendEvents, type EntityEvent } from "../events/index.ts";
import { orderEvent } from "./addOrders.ts";
import {
  type LineChange,
  type NumberedOrder,
  numberedOrdersInsert,
  purchaseOrderLinesChange,
  purchaseOrdersSetTerms,
  type TermsChange,
} from "./queries/booking.ts";
import { type NewOrderLine, purchaseOrderLinesInsert } from "./queries/lines.ts";
import { purchaseOrdersRead, purchaseOrdersSetStatus } from "./queries/orders.ts";

/** How far an order may be taken by whoever books it. */
export type BookedStatus = "draft" | "approved" | "sent";

export interface Booking {
  readonly made: readonly NumberedOrder[];
  /** Drafts that the caller has locked; lines alone make a change too. */
  readonly changed: readonly TermsChange[];
  readonly newLines: readonly Omit<NewOrderLine, "explanation">[];
  readonly changedLines: readonly LineChange[];
  /** Drafts of either kind that go on from draft. */
  readonly moved: ReadonlyMap<string, BookedStatus>;
  readonly actor: string;
}

/**
 * Books orders; call it last in a transaction: it locks event lanes. Answers false, having written rows that must be rolled
 * back, where one of the new numbers or ids was taken by somebody else this moment.
 */
export async function bookOrders(tx: DbClient, booking: Booking): Promise<boolean> {
  const { made, changed, newLines, changedLines } = booking;
  if (made.length > 0) {
    const added = await numberedOrdersInsert(tx, made);
    if (added.size < made.length) return false;
  }
  const lines = newLines.map((line) => ({ ...line, explanation: null }));
  if (lines.length > 0) await purchaseOrderLinesInsert(tx, lines);
  if (changedLines.length > 0) await purchaseOrderLinesChange(tx, changedLines);
  if (changed.length > 0) await purchaseOrdersSetTerms(tx, changed);
  const events = [
    ...(await eventsOf(tx, idsOf(made))),
    ...(await eventsOf(tx, idsOf(changed), "updated")),
    ...(await moveOn(tx, booking)),
  ];
  await appendEvents(tx, events);
  return true;
}

function idsOf(orders: readonly { readonly id: string }[]): string[] {
  return orders.map((order) => order.id);
}

async function eventsOf(
  tx: DbClient,
  ids: readonly string[],
  change?: "updated",
): Promise<EntityEvent[]> {
  if (ids.length === 0) return [];
  const orders = await purchaseOrdersRead(tx, { ids, warehouses: undefined });
  return orders.map((order) => orderEvent(order, change));
}

/** From draft to approved, and from there to sent: each step with its own version and event. */
async function moveOn(tx: DbClient, { moved, actor }: Booking): Promise<EntityEvent[]> {
  const events: EntityEvent[] = [];
  const steps = [
    { status: "approved", reach: ["approved", "sent"] },
    { status: "sent", reach: ["sent"] },
  ] as const;
  for (const { status, reach } of steps) {
    const ids = [...moved].flatMap(([id, to]) => (reach.some((one) => one === to) ? [id] : []));
    if (ids.length === 0) continue;
    await purchaseOrdersSetStatus(tx, { ids, status, actor });
    events.push(...(await eventsOf(tx, ids)));
  }
  return events;
}
