/** Reports of what happened: the ledger itself, how fast stock turns, and which items the turnover comes from. */
import {
  ASKED,
  amount,
  CATEGORY,
  CURRENCY,
  count,
  moment,
  NAME,
  quantity,
  type ReportDefinition,
  ratio,
  SKU,
  text,
  UNIT,
  unitCost,
  WAREHOUSE,
} from "../reportDefinition.ts";

/** movement_history. */
export const MOVEMENT_HISTORY: ReportDefinition = {
  title: "Movement history",
  description:
    "The ledger: every entry recorded in the period (from included, to excluded), with the balances after it. A period that is over never changes.",
  source: {
    query: `
      select m.recorded_at, m.occurred_at, m.movement_id, m.type, i.sku, w.code as warehouse, c.code as counterpart_warehouse,
        l.code as lot, m.quantity, m.balance_after, m.reserved_change, m.reserved_after, m.unavailable_change,
        m.unavailable_after, m.in_transit_change, m.in_transit_after, m.version, m.unit_cost, m.currency, m.reason,
        m.reference_type, m.reference_id, m.source, m.actor, m.lane, m.position
      from stock_movements m
      join inventory_items i on i.id = m.item_id
      join warehouses w on w.id = m.warehouse_id
      left join warehouses c on c.id = m.counterpart_warehouse_id
      left join lots l on l.id = m.lot_id
      where m.recorded_at >= ${ASKED.sinceEver}
        and m.recorded_at < ${ASKED.to}
        and ${ASKED.warehouse}
        and ${ASKED.sku}`,
  },
  orderBy: ["recorded_at", "lane", "position"],
  parameters: ["from", "to"],
  columns: [
    moment("recorded_at", "When the entry was recorded (UTC)."),
    moment("occurred_at", "When it happened (UTC)."),
    text("movement_id", "Id of the movement."),
    text("type", "Type of the movement."),
    SKU,
    WAREHOUSE,
    text("counterpart_warehouse", "The other end of a transfer."),
    text("lot", "Code of the lot, or serial number."),
    quantity("quantity", "Change of on hand."),
    quantity("balance_after", "On hand after the entry."),
    quantity("reserved_change", "Change of reserved."),
    quantity("reserved_after", "Reserved after the entry."),
    quantity("unavailable_change", "Change of unavailable."),
    quantity("unavailable_after", "Unavailable after the entry."),
    quantity("in_transit_change", "Change of in transit."),
    quantity("in_transit_after", "In transit after the entry."),
    count("version", "Number of the entry in its level."),
    unitCost("unit_cost", "Cost of one stock unit, as the movement named it."),
    text("currency", "Currency of that cost (ISO 4217)."),
    text("reason", "Reason as given."),
    text("reference_type", "What the movement refers to."),
    text("reference_id", "Its number there."),
    text("source", "Where the movement came from: api, import, purchase_order, …"),
    text("actor", "Who posted it."),
  ],
};

/** Seconds from the later of an entry and the start of the period to the period's end: how long the entry counts in it. */
const COUNTS_SECONDS = `extract(epoch from ${ASKED.to} - greatest(k.occurred_at, ${ASKED.from}))`;
const PERIOD_SECONDS = `extract(epoch from ${ASKED.to} - ${ASKED.from})`;

/** True for entries `m` that sold, and for reversals of such, whose quantity and cost count the other way. */
const IS_SALE = `(m.type = 'issue' or (m.type = 'reversal' and exists (
            select
            from movement_costs z
            join stock_movements o on o.item_id = z.item_id
              and o.warehouse_id = z.warehouse_id
              and o.version = z.version
              and o.recorded_at = z.recorded_at
            where z.movement_id = m.target_id
              and o.type = 'issue'
          )))`;

/** inventory_turnover. */
export const INVENTORY_TURNOVER: ReportDefinition = {
  title: "Inventory turnover",
  description:
    "Cost of goods sold ÷ average inventory at cost over the period (from included, to excluded; a year where not given), by moving average. Average inventory is weighted by time: every entry counts for as long as it lay in the period.",
  source: {
    query: `
      select i.sku, i.name, i.category, i.unit, w.code as warehouse, t.issued_quantity, t.cost_of_goods_sold, t.average_quantity,
        t.average_value, round(t.cost_of_goods_sold / nullif(t.average_value, 0), 4) as turnover,
        round(${PERIOD_SECONDS} / 86400 * t.average_value / nullif(t.cost_of_goods_sold, 0), 4) as days_on_hand, i.currency,
        ${ASKED.from} as period_from, ${ASKED.to} as period_to
      from (
        select k.item_id, k.warehouse_id,
          coalesce(-sum(m.quantity) filter (where ${IS_SALE} and k.occurred_at >= ${ASKED.from}), 0) as issued_quantity,
          coalesce(sum(k.average_expense) filter (where ${IS_SALE} and k.occurred_at >= ${ASKED.from}), 0)
            as cost_of_goods_sold,
          round(sum(m.quantity * ${COUNTS_SECONDS}) / nullif(${PERIOD_SECONDS}, 0), 4) as average_quantity,
          round(sum(k.average_amount * ${COUNTS_SECONDS}) / nullif(${PERIOD_SECONDS}, 0), 4) as average_value
        from movement_costs k
        join stock_movements m on m.item_id = k.item_id
          and m.warehouse_id = k.warehouse_id
          and m.version = k.version
          and m.recorded_at = k.recorded_at
        where k.occurred_at < ${ASKED.to}
        group by k.item_id, k.warehouse_id
      ) t
      join inventory_items i on i.id = t.item_id
      join warehouses w on w.id = t.warehouse_id
      where ${ASKED.warehouse}
        and ${ASKED.sku}`,
  },
  orderBy: ["sku", "warehouse"],
  parameters: ["from", "to"],
  columns: [
    SKU,
    NAME,
    CATEGORY,
    UNIT,
    WAREHOUSE,
    amount("issued_quantity", "Issued in the period, reversed issues taken off; returns are not."),
    amount("cost_of_goods_sold", "What the issues took out of the stock's value."),
    amount("average_quantity", "Time-weighted mean of on hand."),
    amount("average_value", "Time-weighted mean of the value on hand."),
    ratio("turnover", "Cost of goods sold ÷ average value, over the period; empty without stock."),
    ratio("days_on_hand", "Days of the period ÷ turnover; empty where nothing was sold."),
    CURRENCY,
    moment("period_from", "Start of the period (UTC)."),
    moment("period_to", "End of the period (UTC)."),
  ],
};

/** Shares of the consumption value up to which an item is A, and B (the customary 80 and 95 per cent). */
const SHARE_A = "0.8";
const SHARE_B = "0.95";

/** abc_analysis. */
export const ABC_ANALYSIS: ReportDefinition = {
  title: "ABC analysis",
  description:
    "Items by their share of what the period's issues cost (from included, to excluded; a year where not given), each currency by itself. A: the items that make up the first 80 % of the value, B: up to 95 %, C: the rest, and all without issues. Costs by moving average, all asked warehouses together.",
  source: {
    query: `
      select r.sku, r.name, r.category, r.currency, r.rank, r.issued_quantity, r.consumption_value, r.share, r.cumulative_share,
        case
          when r.consumption_value <= 0 or r.total <= 0 then 'C'
          when r.cumulative_share - r.share < ${SHARE_A} then 'A'
          when r.cumulative_share - r.share < ${SHARE_B} then 'B'
          else 'C'
        end as class,
        ${ASKED.from} as period_from, ${ASKED.to} as period_to
      from (
        select s.*,
          round(s.consumption_value / nullif(s.total, 0), 6) as share,
          round(sum(s.consumption_value) over (partition by s.currency order by s.rank) / nullif(s.total, 0), 6) as cumulative_share
        from (
          select i.sku, i.name, i.category, i.currency, coalesce(t.issued_quantity, 0) as issued_quantity,
            coalesce(t.consumption_value, 0) as consumption_value,
            row_number() over (partition by i.currency order by coalesce(t.consumption_value, 0) desc, i.sku) as rank,
            sum(coalesce(t.consumption_value, 0)) over (partition by i.currency) as total
          from inventory_items i
          left join (
            select k.item_id, -sum(m.quantity) as issued_quantity, sum(k.average_expense) as consumption_value
            from movement_costs k
            join stock_movements m on m.item_id = k.item_id
              and m.warehouse_id = k.warehouse_id
              and m.version = k.version
              and m.recorded_at = k.recorded_at
            join warehouses w on w.id = k.warehouse_id
            where k.occurred_at >= ${ASKED.from}
              and k.occurred_at < ${ASKED.to}
              and ${IS_SALE}
              and ${ASKED.warehouse}
            group by k.item_id
          ) t on t.item_id = i.id
          where i.status <> 'archived'
            and ${ASKED.sku}
        ) s
      ) r`,
  },
  orderBy: ["currency", "rank"],
  parameters: ["from", "to"],
  columns: [
    SKU,
    NAME,
    CATEGORY,
    CURRENCY,
    count("rank", "1 is the item with the largest consumption value of its currency."),
    amount("issued_quantity", "Issued in the period, reversed issues taken off."),
    amount("consumption_value", "What the issues took out of the stock's value."),
    { ...ratio("share", "Part of the currency's whole consumption value."), scale: 6 },
    { ...ratio("cumulative_share", "Share of this item and all before it."), scale: 6 },
    text("class", "A, B or C."),
    moment("period_from", "Start of the period (UTC)."),
    moment("period_to", "End of the period (UTC)."),
  ],
};
