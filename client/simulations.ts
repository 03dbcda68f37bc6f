/** Replays of demand under reorder policies through the public API. */
import type { Answer, Given, StocklineClient } from "./stocklineClient.ts";

/** A replay, as the API answers it. */
export type Simulation = Answer<"POST /v1/reorder-simulations">;

/** Replays the demand of an item at a warehouse; members of `body` as in the API. */
export function simulateReorder(
  client: StocklineClient,
  body: Given<"POST /v1/reorder-simulations">["body"],
): Promise<Simulation> {
  return client.call("POST /v1/reorder-simulations", { body });
}
