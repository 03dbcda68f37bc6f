/**
 * Every event that the platform tells, by its type without the prefix. Code can append no other: the names are a type. From this
 * table docs/events is made (npm run docs:events), and from it come the schema versions that events carry.
 */
import type { EventDeclaration } from "./declareEvent.ts";
import { ENTITY_EVENTS } from "./entityEvents.ts";
import { STOCK_EVENTS } from "./stockEvents.ts";
import { SYSTEM_EVENTS } from "./systemEvents.ts";
import { WORK_EVENTS } from "./workEvents.ts";

export type { EventDeclaration } from "./declareEvent.ts";
export type { EntityEventKind } from "./entityEvents.ts";

const TABLE = { ...STOCK_EVENTS, ...ENTITY_EVENTS, ...WORK_EVENTS, ...SYSTEM_EVENTS };

/** The type of an event without its prefix, e.g. "item.updated". */
export type EventName = keyof typeof TABLE;

/** Prefix of every event type. */
const EVENT_TYPE_PREFIX = "stockline.";

/** The type of an event as it stands in its envelope. */
export type EventType = `${typeof EVENT_TYPE_PREFIX}${EventName}`;

export const EVENTS: Readonly<Record<EventName, EventDeclaration>> = TABLE;

/** The type that the envelope carries. */
export function eventType(name: EventName): EventType {
  return `${EVENT_TYPE_PREFIX}${name}`;
}

/** Name of the schema of an event's data: its $id, the `dataschema` of events, and (its last part) its file in docs/events. */
export function schemaIdOf(name: string, version: number): string {
  return `urn:stockline:${name}.v${version}`;
}

const SCHEMAS: ReadonlyMap<string, string> = new Map(
  Object.entries(EVENTS).map(([name, { version }]) => [
    EVENT_TYPE_PREFIX + name,
    schemaIdOf(name, version),
  ]),
);

/** The schema that data of this type adheres to; undefined for types that are no longer told. */
export function dataSchemaOf(type: string): string | undefined {
  return SCHEMAS.get(type);
}
