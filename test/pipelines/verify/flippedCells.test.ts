/**
 * One cell of one row changed behind the product's back, in each column of each table of the books: the verification finds it and
 * names the check. A column that it does not speak of stands in UNSEEN; a new column belongs in one of the lists.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { cellsOf, whileFlipped } from "../../support/flipCell.ts";
import { createVerifyStage, fillLedger, type VerifyStage } from "../../support/verifyStage.ts";

let stage: VerifyStage;
beforeAll(async () => {
  stage = await createVerifyStage();
  await fillLedger(stage);
  expect((await stage.verify()).differences).toEqual([]);
});
afterAll(() => stage.close());

/** A check that sees the change, by column. */
const SEEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  stock_movements: {
    movement_id: "entry_outcome",
    type: "entry_hash",
    item_id: "level_version",
    warehouse_id: "level_version",
    lot_id: "entry_lot_balance",
    quantity: "entry_balance",
    balance_after: "entry_balance",
    lane: "entry_event",
    position: "event_content",
    unit_cost: "entry_hash",
    currency: "accepted_content", // while its inbox row is there
    counterpart_warehouse_id: "entry_hash",
    reason: "entry_hash",
    reference_type: "entry_hash",
    reference_id: "entry_hash",
    source: "accepted_content", // while its inbox row is there
    source_id: "outcome_entry",
    actor: "entry_hash",
    occurred_at: "entry_hash",
    recorded_at: "entry_hash",
    previous_hash: "entry_link",
    hash: "entry_hash",
    reserved_change: "entry_reserved",
    reserved_after: "entry_reserved",
    unavailable_change: "entry_unavailable",
    unavailable_after: "entry_unavailable",
    in_transit_change: "entry_in_transit",
    in_transit_after: "entry_in_transit",
    lot_balance_after: "entry_lot_balance",
    target_id: "entry_hash",
  },
  stock_levels: {
    item_id: "level_version",
    warehouse_id: "level_version",
    lane: "level_lane",
    on_hand: "level_sum",
    reserved: "level_reserved",
    unavailable: "level_unavailable",
    in_transit: "level_in_transit",
    average_cost: "level_average_cost",
    version: "level_version",
    last_hash: "level_hash",
    updated_at: "level_time",
    next_expiry: "level_expiry",
  },
  lots: { id: "lot_item", item_id: "lot_item" },
  lot_balances: {
    lot_id: "lot_sum",
    warehouse_id: "lot_sum",
    item_id: "lot_sum",
    on_hand: "lot_sum",
    reserved: "lot_reserved",
    unavailable: "lot_unavailable",
    in_transit: "lot_in_transit",
  },
  reservations: {
    id: "reservation_entries",
    item_id: "reservation_entries",
    warehouse_id: "reservation_entries",
    lot_id: "reservation_entries",
  },
  transits: {
    movement_id: "transit_entries",
    item_id: "transit_entries",
    from_warehouse_id: "transit_entries",
    to_warehouse_id: "transit_entries",
    lot_id: "transit_entries",
    quantity: "transit_entries",
  },
  reversals: { movement_id: "reversal_entries", reversed_by: "reversal_entries" },
  movement_inbox: {
    lane: "accepted_lane",
    id: "accepted_outcome",
    body_hash: "accepted_body",
    item_id: "accepted_content",
    warehouse_id: "accepted_content",
    unit_cost: "accepted_content",
    currency: "accepted_content",
    reason: "accepted_content",
    reference_type: "accepted_content",
    reference_id: "accepted_content",
    source: "accepted_content",
    source_id: "accepted_content",
    actor: "accepted_content",
    occurred_at: "accepted_content",
    target_id: "accepted_content",
  },
  movement_outcomes: {
    body_hash: "accepted_body",
    code: "event_outcome",
    detail: "event_outcome",
    item_id: "outcome_entry",
    warehouse_id: "outcome_entry",
    version: "outcome_entry",
    balance_after: "outcome_entry",
    source_id: "outcome_entry",
    decided_at: "outcome_entry",
  },
  set_aside_movements: {
    id: "set_aside_content",
    lane: "set_aside_content",
    body_hash: "set_aside_content",
    movement: "set_aside_content",
  },
  events: {
    lane: "entry_event",
    type: "event_content",
    subject: "event_content",
    partition_key: "event_content",
    data: "event_content",
    recorded_at: "entry_event",
  },
  lanes: { next_position: "event_positions" },
  ledger_anchors: {
    number: "anchor_object",
    levels: "anchor_object",
    entries: "anchor_object",
    root: "anchor_digest",
    positions: "anchor_object",
    low_waters: "anchor_object",
    object_key: "anchor_missing",
  },
  ledger_marks: {
    item_id: "anchor_digest",
    warehouse_id: "anchor_digest",
    lane: "anchor_digest",
    version: "anchor_digest",
    hash: "anchor_digest",
    recorded_at: "anchor_entry",
    average_cost: "anchor_digest",
  },
  ledger_marks_state: {},
};

/** What no check speaks of: times of the tables' own, and what only its own table tells. */
const UNSEEN: Readonly<Record<string, readonly string[]>> = {
  lots: ["code", "expires_on", "created_at"],
  lot_balances: ["updated_at"],
  reservations: ["expires_at", "created_at", "updated_at"],
  transits: ["line", "unit_cost", "shipped_at", "updated_at"],
  reversals: ["reversed_at"],
  movement_inbox: [
    ...["xid", "to_warehouse_id", "quantity", "accepted_at", "lot_code", "lot_expires_on"],
    ...["expires_at", "in_transit"],
  ],
  set_aside_movements: ["error", "set_aside_at"],
  events: ["id", "incarnation"],
  lanes: ["low_water", "last_recorded_at", "decided_to", "decided_position"],
  ledger_anchors: ["made_at"],
  ledger_marks_state: ["anchor"], // moves itself back to the anchor that lies outside
};

test.each(Object.keys(SEEN))(
  "a changed cell of %s is found",
  async (table) => {
    const seen: Record<string, string> = {};
    const unseen: string[] = [];
    for (const cell of await cellsOf(stage.admin, [table])) {
      const found = await whileFlipped(stage.admin, cell, async () => {
        const { differences } = await stage.verify();
        return differences.map(({ check }) => check);
      });
      if (typeof found === "string") continue; // a constraint of the table refuses it
      const wanted = SEEN[table]?.[cell.column];
      if (found.length === 0) unseen.push(cell.column);
      else seen[cell.column] = found.find((check) => check === wanted) ?? found.join(", ");
    }
    expect({ seen, unseen }).toEqual({ seen: SEEN[table], unseen: UNSEEN[table] ?? [] });
    expect((await stage.verify()).differences).toEqual([]);
  },
  60_000,
);
