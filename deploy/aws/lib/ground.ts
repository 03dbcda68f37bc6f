/** The parts of an environment that its tasks are built upon. */
import type { Data } from "./data.ts";
import type { Delivery } from "./delivery.ts";
import type { Entry } from "./entry.ts";
import type { Keys } from "./keys.ts";
import type { Network } from "./network.ts";
import type { Operations } from "./operations.ts";
import type { Storage } from "./storage.ts";
import type { Streams } from "./streams.ts";

/** Everything that the tasks stand on. */
export interface Ground {
  readonly keys: Keys;
  readonly network: Network;
  readonly data: Data;
  readonly storage: Storage;
  readonly streams: Streams;
  readonly entry: Entry;
  readonly operations: Operations;
  readonly delivery: Delivery;
}
