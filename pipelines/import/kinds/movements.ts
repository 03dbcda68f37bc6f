/** The kinds whose rows become movements: `movements` and `counts`. */
import { MOVEMENT_TYPES } from "../../../domain/movement.ts";
import {
  CODE,
  DAY,
  type KindRule,
  listCell,
  NON_NEGATIVE,
  TIME,
  textCell,
  UUID,
  wholeCell,
} from "./columnRule.ts";
import { currency, lot, quantity, sku, warehouse } from "./sharedColumns.ts";

export const MOVEMENTS: KindRule = {
  title: "receipts, issues, transfers and all other movements",
  upsert:
    "Each row is a movement of its own, applied once: two equal rows are two movements, unless their `id` is the same. Rows of one item are applied in the order of the file. A row whose `id` was accepted before is skipped (`already_applied`), or refused where it says something else (`id_reused`).",
  columns: [
    {
      field: "type",
      ...listCell(MOVEMENT_TYPES),
      meaning: "what happened; a release can't be sent in a file",
      example: "receipt",
      required: true,
      aliases: ["movement type", "transaction type", "kind"],
    },
    sku,
    { ...warehouse, meaning: "code of the warehouse; of a transfer, where it leaves" },
    {
      ...quantity,
      meaning: "how much: above 0; signed for an adjustment; what was counted for a count",
    },
    {
      field: "id",
      ...UUID,
      meaning: "makes the movement one of a kind: the same id is applied once, ever",
      example: "0197b2f4-1c1e-7d3a-9f52-3f1c8a6b2d10",
      standard: "follows from import and row",
      aliases: ["movement id"],
    },
    {
      field: "to_warehouse",
      ...CODE,
      meaning: "where a transfer goes; on a transfer only, and there required",
      example: "",
      aliases: ["destination", "to location", "destination warehouse"],
    },
    {
      field: "unit",
      ...CODE,
      meaning: "the item's stock unit or one of its packs",
      example: "each",
      standard: "the stock unit",
      aliases: ["uom", "unit of measure"],
    },
    { ...lot, example: "" },
    {
      field: "expires_on",
      ...DAY,
      meaning: "last day of the lot; on a receipt, return, adjustment or count",
      example: "",
      aliases: ["expiry", "expiry date", "best before", "use by"],
    },
    {
      field: "unit_cost",
      ...NON_NEGATIVE,
      meaning: "cost of one stock unit; on a receipt only",
      example: "0.11",
      aliases: ["cost", "cost price"],
    },
    { ...currency, meaning: "the item's currency" },
    {
      field: "reason",
      ...textCell(500),
      meaning: "why",
      example: "delivery",
      aliases: ["comment", "note"],
    },
    {
      field: "reference_type",
      ...textCell(100),
      meaning: "what the movement belongs to",
      example: "delivery_note",
    },
    {
      field: "reference_id",
      ...textCell(200),
      meaning: "which one",
      example: "DN-1001",
      aliases: ["reference"],
    },
    {
      field: "occurred_at",
      ...TIME,
      meaning: "when it happened; may be past, not future",
      example: "2025-11-03T12:00:00Z",
      standard: "when the file was sent",
      aliases: ["date", "time", "timestamp", "datetime", "occurred", "movement date"],
    },
  ],
  key: [],
  references: ["sku", "warehouse", "to_warehouse"],
  permission: "imports:movements",
};

export const COUNTS: KindRule = {
  title: "counted stock",
  upsert:
    "Each row is a count: what is on hand becomes the counted quantity, and the ledger gets the difference. Two rows of one item, warehouse and lot are two counts, one after the other.",
  columns: [
    sku,
    warehouse,
    {
      ...quantity,
      meaning: "what was counted, 0 or more",
      aliases: [...(quantity.aliases ?? []), "count", "counted", "counted quantity"],
    },
    { ...lot, example: "" },
    {
      field: "counted_at",
      ...TIME,
      storedAs: "occurred_at",
      meaning: "when it was counted; may be past, not future",
      example: "2025-11-03T12:00:00Z",
      standard: "when the file was sent",
      aliases: ["date", "time", "timestamp", "datetime", "count date"],
    },
    {
      field: "counted_version",
      ...wholeCell(0, Number.MAX_SAFE_INTEGER),
      meaning: "the level's version that the counter saw: movements since then stay",
      example: "",
      standard: "the present one",
      aliases: ["version"],
    },
  ],
  key: [],
  references: ["sku", "warehouse"],
  permission: "imports:movements",
};
