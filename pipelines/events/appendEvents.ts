/** Appends events of entities to the log, as the last step of the transaction that changes what they tell of. */
import { type EventName, eventType } from "../../domain/events/index.ts";
import { laneOfEntity } from "../../domain/lane.ts";
import { newId } from "../../platform/clock.ts";
import type { DbClient } from "../../platform/postgres.ts";
import { currentTraceparent } from "../../platform/traceContext.ts";
import { eventsAppend } from "./queries.ts";

/** An event of an entity. `type` without the common prefix: "item.updated", "purchase_order.approved". */
export interface EntityEvent {
  readonly type: EventName;
  readonly entityId: string;
  /** What the event is about, e.g. "items/SKU-1". */
  readonly subject: string;
  readonly data: unknown;
  /** Default: the trace context that the caller runs under. */
  readonly traceparent?: string | null;
}

/** Appends events of entities to the log, in order, inside the caller's transaction. Call it last. */
export async function appendEvents(tx: DbClient, events: readonly EntityEvent[]): Promise<void> {
  if (events.length === 0) return;
  await eventsAppend(
    tx,
    events.map((event) => ({
      id: newId(),
      lane: laneOfEntity(event.entityId),
      type: eventType(event.type),
      subject: event.subject,
      partitionKey: event.entityId,
      data: JSON.stringify(event.data),
      traceparent: event.traceparent ?? currentTraceparent() ?? null,
    })),
  );
}
