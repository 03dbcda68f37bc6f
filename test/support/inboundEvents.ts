/** Events as a partner would send them, for tests of what comes in. */
import { randomUUID } from "node:crypto";

export interface TestEvent {
  readonly id: string;
  readonly source: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

/** A movement request; `data` replaces members of a receipt of 1 piece of TEA in A. */
export function aMovementEvent(data: object = {}, attributes: object = {}): TestEvent {
  return {
    specversion: "1.0",
    id: randomUUID(),
    source: "https://wms.example",
    type: "stockline.movement.requested",
    datacontenttype: "application/json",
    ...attributes,
    data: { type: "receipt", sku: "TEA", warehouse: "A", quantity: "1", ...data },
  };
}
