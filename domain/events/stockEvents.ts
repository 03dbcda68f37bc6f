/** Events of movements and of the stock levels that they change. Their data is written by hand in pipelines/apply and pipelines/lowStock. */
import { z } from "zod";
import { decimalOut } from "../inputFields.ts";
import { REJECTION_CODES } from "../movement.ts";
import { actorOut, decidedMovement, declareEvent, movementHead, uuidOut } from "./declareEvent.ts";

const changed = (what: string) => ({
  [`${what}_change`]: decimalOut.optional(),
  [`${what}_after`]: decimalOut.optional(),
});

const movedOut = { ...movementHead, to_warehouse: z.string().optional() };

const edge = z.object({
  sku: z.string(),
  warehouse: z.string(),
  position: decimalOut.describe("What is there or on its way, without what is reserved."),
  on_hand: decimalOut,
  available: decimalOut,
  on_order: decimalOut,
  reorder_at: decimalOut.describe("Position at or below which the item is low."),
  movement_id: uuidOut.optional().describe("The movement that crossed, where one did."),
});

export const STOCK_EVENTS = {
  "movement.applied": declareEvent(
    "An entry of the ledger: one for each warehouse that the movement changed.",
    "movements/{id}",
    z.object({
      ...decidedMovement,
      quantity: decimalOut.describe("Change of the stock on hand at `warehouse`, signed."),
      counterpart_warehouse: z.string().optional().describe("The other end of a transfer."),
      balance_after: decimalOut.describe("On hand after it."),
      ...changed("reserved"),
      ...changed("unavailable"),
      ...changed("in_transit"),
      lot: z.string().optional().describe("Code of the lot, or serial number."),
      target: uuidOut
        .optional()
        .describe("The reservation, transfer or movement that this one is about."),
      version: z.int().min(1).describe("Version of the level; counts its entries."),
    }),
  ),
  "movement.rejected": declareEvent(
    "The final rejection of an accepted movement.",
    "movements/{id}",
    z.object({
      ...decidedMovement,
      code: z.enum(REJECTION_CODES),
      detail: z.string(),
    }),
  ),
  "movement.set_aside": declareEvent(
    "An accepted movement could not be written and waits for an operator; the rest goes on.",
    "movements/{id}",
    z.object({ ...movedOut, error: z.string() }),
  ),
  "movement.retried": declareEvent(
    "An operator sent a movement that was set aside back into the inbox.",
    "movements/{id}",
    z.object({ ...movedOut, actor: actorOut }),
  ),
  "movement.discarded": declareEvent(
    "An operator gave a movement up that was set aside; its rejection is told too.",
    "movements/{id}",
    z.object({ ...movedOut, actor: actorOut, reason: z.string() }),
  ),
  "stock.low": declareEvent(
    "An item's position at a warehouse crossed its reorder point; told once until it recovers.",
    "stock/{sku}/{warehouse}",
    edge,
  ),
  "stock.recovered": declareEvent(
    "An item that was low is above its reorder point again.",
    "stock/{sku}/{warehouse}",
    edge,
  ),
  "lane.halted": declareEvent(
    "A lane that nothing helps was halted; an operator must resume it.",
    "lanes/{lane}",
    z.object({ lane: z.int().min(0), reason: z.string() }),
  ),
  "lane.resumed": declareEvent(
    "An operator let a halted lane go on.",
    "lanes/{lane}",
    z.object({ lane: z.int().min(0), actor: actorOut }),
  ),
};
