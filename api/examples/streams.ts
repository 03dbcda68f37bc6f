/** Examples of what comes in by brokers: sources and dead letters. */
import type { RouteExamples } from "./example.ts";
import { EXAMPLE_IDS as ids } from "./exampleIds.ts";

export const streamExamples: RouteExamples = {
  "get /v1/dead-letters": [
    { summary: "Those that wait for somebody", query: { status: "parked" }, status: 200 },
  ],
  "get /v1/dead-letters/{id}": [
    { summary: "One with what it holds", path: { id: ids.letter }, status: 200 },
    { summary: "No such letter", path: { id: ids.unknown }, status: 404, code: "not_found" },
  ],
  "post /v1/dead-letters/{id}/replay": [
    {
      summary: "Take the event in, with its SKU mended",
      path: { id: ids.letter },
      body: {
        event: {
          specversion: "1.0",
          id: "delivery-4711",
          source: "https://wms.example",
          type: "stockline.movement.requested",
          data: { type: "receipt", sku: "BOLT-M8", warehouse: "MAIN", quantity: "12" },
        },
      },
      status: 202,
    },
  ],
  "post /v1/dead-letters/{id}/discard": [
    {
      summary: "Give it up",
      path: { id: ids.letterWrong },
      body: { reason: "a test of theirs" },
      status: 200,
    },
  ],
};
