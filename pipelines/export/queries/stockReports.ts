/** Reports of what is there: now, at a past moment, worth how much, how old, low, and on its way from suppliers. */
import {
  ASKED,
  amount,
  CATEGORY,
  CURRENCY,
  count,
  day,
  moment,
  NAME,
  quantity,
  type ReportDefinition,
  SKU,
  text,
  UNIT,
  unitCost,
  WAREHOUSE,
} from "../reportDefinition.ts";

const ON_HAND = quantity("on_hand", "What is physically there.");
const RESERVED = quantity("reserved", "Part of on hand that is promised.");
const UNAVAILABLE = quantity(
  "unavailable",
  "Part of on hand that is damaged, inspected or recalled.",
);
const AVAILABLE = quantity("available", "On hand - reserved - unavailable.");
const IN_TRANSIT = quantity("in_transit", "Shipped to this warehouse and not yet there.");

/** current_inventory. */
export const CURRENT_INVENTORY: ReportDefinition = {
  title: "Current inventory",
  description: "Every level as it stands.",
  source: { view: "v_current_inventory" },
  orderBy: ["sku", "warehouse"],
  parameters: [],
  columns: [
    SKU,
    NAME,
    CATEGORY,
    UNIT,
    WAREHOUSE,
    ON_HAND,
    RESERVED,
    UNAVAILABLE,
    AVAILABLE,
    IN_TRANSIT,
    unitCost("average_cost", "Moving average of receipts with a cost, one stock unit."),
    amount("stock_value", "On hand × average cost, rounded to 4 decimals."),
    CURRENCY,
    count("version", "Number of ledger entries of this level."),
    moment("updated_at", "Last change of this level (UTC)."),
  ],
};

/** low_stock. */
export const LOW_STOCK: ReportDefinition = {
  title: "Low stock",
  description: "Levels whose position is at or below what their reorder policy orders at.",
  source: { view: "v_low_stock_items" },
  orderBy: ["sku", "warehouse"],
  parameters: [],
  columns: [
    SKU,
    NAME,
    WAREHOUSE,
    text("method", "Method of the reorder policy."),
    quantity("reorder_at", "At or below this position an order is called for."),
    ON_HAND,
    RESERVED,
    AVAILABLE,
    amount("on_order", "Open quantity of approved and sent purchase orders."),
    IN_TRANSIT,
    amount("position", "On hand - reserved + in transit + on order (with receipts under way)."),
    amount("shortfall", "Reorder level - position."),
  ],
};

/** pending_orders. */
export const PENDING_ORDERS: ReportDefinition = {
  title: "Pending orders",
  description: "Lines of purchase orders that are not received in full, drafts included.",
  source: { view: "v_pending_orders" },
  orderBy: ["number", "line_id"],
  parameters: [],
  columns: [
    text("number", "The purchase order's number."),
    text("status", "draft, approved, sent or partially_received."),
    text("supplier", "Code of the supplier."),
    WAREHOUSE,
    SKU,
    quantity("quantity", "Ordered."),
    quantity("received_quantity", "Received so far."),
    quantity("open_quantity", "Ordered - received, never below 0."),
    unitCost("unit_cost", "Agreed cost of one stock unit."),
    text("currency", "Currency of the order (ISO 4217)."),
    day("expected_on", "When the order is expected."),
    moment("created_at", "When the order was made (UTC)."),
  ],
};

/** stock_as_of. */
export const STOCK_AS_OF: ReportDefinition = {
  title: "Stock as of",
  description:
    "Every level at a past moment, by when things happened (occurred_at), from the ledger. Levels without an entry by then are left out.",
  source: {
    query: `
      select i.sku, i.name, i.category, i.unit, w.code as warehouse, p.on_hand, p.reserved, p.unavailable,
        p.on_hand - p.reserved - p.unavailable as available, p.in_transit, p.entries, p.recorded_at as last_recorded_at
      from stock_levels l
      join inventory_items i on i.id = l.item_id
      join warehouses w on w.id = l.warehouse_id
      cross join lateral stock_level_as_of(l.item_id, l.warehouse_id, ${ASKED.asOf}) p
      where ${ASKED.warehouse}
        and ${ASKED.sku}
        and p.entries > 0`,
  },
  orderBy: ["sku", "warehouse"],
  parameters: ["as_of"],
  columns: [
    SKU,
    NAME,
    CATEGORY,
    UNIT,
    WAREHOUSE,
    ON_HAND,
    RESERVED,
    UNAVAILABLE,
    AVAILABLE,
    IN_TRANSIT,
    count("entries", "Ledger entries of the level that had occurred by then."),
    moment("last_recorded_at", "When the last of them was recorded (UTC)."),
  ],
};

/** stock_valuation. */
export const STOCK_VALUATION: ReportDefinition = {
  title: "Stock valuation",
  description:
    "Every valued level by moving average and by FIFO, as the job value-stock published it last (docs/valuation.md).",
  source: {
    query: `
      select i.sku, i.name, i.category, i.unit, w.code as warehouse, v.quantity, v.average_unit_cost, v.average_value,
        v.fifo_unit_cost, v.fifo_value, v.in_transit, v.average_in_transit_value, v.fifo_in_transit_value, i.currency,
        v.valued_version, l.version, v.as_of as valued_at
      from valuation_levels v
      join stock_levels l on l.item_id = v.item_id and l.warehouse_id = v.warehouse_id
      join inventory_items i on i.id = v.item_id
      join warehouses w on w.id = v.warehouse_id
      where ${ASKED.warehouse}
        and ${ASKED.sku}`,
  },
  orderBy: ["sku", "warehouse"],
  parameters: [],
  columns: [
    SKU,
    NAME,
    CATEGORY,
    UNIT,
    WAREHOUSE,
    quantity("quantity", "On hand when it was valued."),
    unitCost("average_unit_cost", "Moving average cost of one stock unit (IAS 2.27)."),
    amount("average_value", "Value on hand by moving average."),
    unitCost("fifo_unit_cost", "Mean cost of one stock unit over the FIFO layers."),
    amount("fifo_value", "Value on hand by first in, first out (IAS 2.27)."),
    quantity("in_transit", "On its way to this warehouse when it was valued."),
    amount("average_in_transit_value", "Its value by moving average."),
    amount("fifo_in_transit_value", "Its value by FIFO."),
    CURRENCY,
    count("valued_version", "Version of the level that the values are true for."),
    count("version", "Version of the level in this snapshot."),
    moment("valued_at", "Everything recorded by then is in (UTC)."),
  ],
};

/** Upper ends of the age buckets, in days. */
const AGES = [30, 60, 90, 180, 365] as const;

function bucketName(index: number): string {
  const low = index === 0 ? 0 : (AGES[index - 1] ?? 0) + 1;
  const high = AGES[index];
  return high === undefined ? `over_${AGES.at(-1)}` : `${low}_to_${high}`;
}

const BUCKETS = [...AGES, undefined].map((_, index) => bucketName(index));

function bucketCondition(index: number): string {
  const low = index === 0 ? undefined : AGES[index - 1];
  const high = AGES[index];
  const parts = [
    ...(low === undefined ? [] : [`a.age_days > ${low}`]),
    ...(high === undefined ? [] : [`a.age_days <= ${high}`]),
  ];
  return parts.join(" and ");
}

/** stock_ageing. */
export const STOCK_AGEING: ReportDefinition = {
  title: "Stock ageing",
  description:
    "How long the stock of each level has been there, by its FIFO layers (docs/valuation.md): quantity and value by age in days.",
  source: {
    query: `
      select i.sku, i.name, i.category, i.unit, w.code as warehouse, v.quantity, v.fifo_value as value, a.oldest_since,
        a.mean_age_days, i.currency, v.as_of as valued_at, ${BUCKETS.map((name) => `a.quantity_${name}, a.value_${name}`).join(", ")}
      from valuation_levels v
      join inventory_items i on i.id = v.item_id
      join warehouses w on w.id = v.warehouse_id
      cross join lateral (
        select min(a.since) as oldest_since,
          round(sum(a.quantity * a.age_days) / nullif(sum(a.quantity), 0), 4) as mean_age_days,
          ${BUCKETS.map(
            (
              name,
              index,
            ) => `coalesce(sum(a.quantity) filter (where ${bucketCondition(index)}), 0) as quantity_${name},
          coalesce(sum(a.value) filter (where ${bucketCondition(index)}), 0) as value_${name}`,
          ).join(",\n          ")}
        from (
          select (y.layer ->> 0)::timestamptz as since, (y.layer ->> 1)::numeric as quantity, (y.layer ->> 2)::numeric as value,
            greatest(floor(extract(epoch from now() - (y.layer ->> 0)::timestamptz) / 86400), 0) as age_days
          from jsonb_array_elements(v.fifo_layers) y (layer)
        ) a
      ) a
      where ${ASKED.warehouse}
        and ${ASKED.sku}
        and v.quantity > 0`,
  },
  orderBy: ["sku", "warehouse"],
  parameters: [],
  columns: [
    SKU,
    NAME,
    CATEGORY,
    UNIT,
    WAREHOUSE,
    quantity("quantity", "On hand when it was valued."),
    amount("value", "Its value by FIFO."),
    moment("oldest_since", "Since when the oldest layer is in stock (UTC)."),
    quantity("mean_age_days", "Age in days, weighted by quantity."),
    ...BUCKETS.flatMap((name) => [
      amount(`quantity_${name}`, `Quantity that is ${name.replaceAll("_", " ")} days old.`),
      amount(`value_${name}`, `Value that is ${name.replaceAll("_", " ")} days old.`),
    ]),
    CURRENCY,
    moment("valued_at", "Everything recorded by then is in (UTC)."),
  ],
};
