/** The clock and the maker of ids, passed in wherever logic depends on them. */
import { v7 } from "uuid";

export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A new UUIDv7 (RFC 9562): ordered by time, so that keys and indexes grow at their end. */
export function newId(): string {
  return v7();
}
