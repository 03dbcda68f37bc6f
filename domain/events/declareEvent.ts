/** What a declared event is, and the values that events share. Declarations are the source of docs/events and of the types in code. */
import { z } from "zod";
import { decimalOut, timeOut } from "../inputFields.ts";
import { CONSEQUENT_TYPES, MOVEMENT_TYPES } from "../movement.ts";

/** An event as it is declared. */
export interface EventDeclaration {
  /** When it is told, in one sentence. */
  readonly told: string;
  /** What it is about, e.g. "movements/{id}". */
  readonly subject: string;
  /** Grows when the data changes in a way that is not an addition; the old version's schema stays in docs/events. */
  readonly version: number;
  readonly data: z.ZodObject;
}

/** Declares an event in its first version. */
export function declareEvent(told: string, subject: string, data: z.ZodObject): EventDeclaration {
  return { told, subject, version: 1, data };
}

/** An id of ours. */
export const uuidOut = z.string().meta({ format: "uuid" });

/** A whole number of things. */
export const countOut = z.int().min(0);

/** Who did it: a user's or client's id, or the name of a part of the system. */
export const actorOut = z.string().describe("Who did it.");

/** A movement as all of its events name it. */
export const movementHead = {
  id: uuidOut.describe("Id of the movement."),
  type: z.enum([...MOVEMENT_TYPES, ...CONSEQUENT_TYPES]),
  sku: z.string(),
  warehouse: z.string(),
  quantity: decimalOut,
};

/** What the events of a decided movement say besides. */
export const decidedMovement = {
  ...movementHead,
  occurred_at: timeOut.describe("Business time; it may lie in the past."),
  reference: z.object({ type: z.string(), id: z.string().nullable() }).optional(),
};
