/** The clock and the maker of ids, passed in wherever logic depends on them. */
import { randomUUID } from "node:crypto";

export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** Values of the 12 bits after the version; they count the ids of one millisecond. */
const COUNTER_MAX = 0xfff;
/** A millisecond's counter begins below this, so that there is room to count. */
const COUNTER_START_MAX = 0x7ff;
let lastMs = 0;
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562, 6.2 method 1): ordered by time, and within this process by the order of the calls, so that keys and
 * indexes grow at their end. Random bits come from the pool behind randomUUID: a twentieth of the cost of the uuid package.
 */
export function newId(): string {
  const random = randomUUID();
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = Number.parseInt(random.slice(0, 3), 16) & COUNTER_START_MAX;
  } else if (counter < COUNTER_MAX) counter += 1;
  else {
    lastMs += 1; // the clock stands or runs backwards: go on in the next millisecond
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, "0");
  const count = counter.toString(16).padStart(3, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${random.slice(18)}`;
}
