/**
 * The event log: whoever changes something appends its event in the same transaction, as the transaction's last step
 * (the lane stays locked until the commit). Movement events are appended by the apply batch itself.
 */
export { announceRestore } from "./announceRestore.ts";
export { appendEvents, type EntityEvent } from "./appendEvents.ts";
export { decodeEventCursor, type EventCursor, encodeEventCursor } from "./eventCursor.ts";
export { announceEvents, type EventNews, listenToEvents } from "./eventNews.ts";
export { type EventRow, eventCount, eventsAfter, eventsCopy, type PlacedEvent } from "./queries.ts";
export { cloudEventJson, eventLogEnd, readEventLog } from "./readLog.ts";
