/** Reports of suppliers: how well what was ordered came, and when. */
import {
  ASKED,
  amount,
  count,
  moment,
  type ReportDefinition,
  ratio,
  text,
} from "../reportDefinition.ts";

/** supplier_performance. */
export const SUPPLIER_PERFORMANCE: ReportDefinition = {
  title: "Supplier performance",
  description:
    "Purchase orders that were sent in the period (from included, to excluded; a year where not given), by supplier, as they stand in this snapshot. A line is on time when it was received in full by the day that the order was expected on.",
  source: {
    query: `
      with lines as (
        select o.supplier_id, o.id as order_id, o.sent_at, o.expected_on, l.quantity, l.received_quantity, r.last_received_at
        from purchase_orders o
        join purchase_order_lines l on l.purchase_order_id = o.id
        join inventory_items i on i.id = l.item_id
        join warehouses w on w.id = o.warehouse_id
        left join lateral (
          select max(m.occurred_at) as last_received_at
          from stock_movements m
          where m.item_id = l.item_id
            and m.warehouse_id = o.warehouse_id
            and m.source = 'purchase_order'
            and m.source_id = o.id
            and m.recorded_at >= o.created_at
        ) r on l.received_quantity > 0
        where o.sent_at >= ${ASKED.from}
          and o.sent_at < ${ASKED.to}
          and o.status <> 'cancelled'
          and ${ASKED.warehouse}
          and ${ASKED.sku}
      )
      select p.code as supplier, p.name, t.orders, t.lines, t.lines_in_full, t.ordered_quantity, t.received_quantity, t.fill_rate,
        t.lines_due, t.lines_on_time, round(t.lines_on_time::numeric / nullif(t.lines_due, 0), 4) as on_time_rate, t.lines_late_open,
        t.mean_lead_time_days, t.lead_time_deviation_days, p.lead_time_days as promised_lead_time_days,
        ${ASKED.from} as period_from, ${ASKED.to} as period_to
      from (
        select supplier_id,
          count(distinct order_id) as orders,
          count(*) as lines,
          count(*) filter (where received_quantity >= quantity) as lines_in_full,
          sum(quantity) as ordered_quantity,
          sum(received_quantity) as received_quantity,
          round(sum(least(received_quantity, quantity)) / sum(quantity), 4) as fill_rate,
          count(*) filter (where expected_on < now()::date or (expected_on is not null and received_quantity >= quantity))
            as lines_due,
          count(*) filter (where received_quantity >= quantity and last_received_at::date <= expected_on) as lines_on_time,
          count(*) filter (where received_quantity < quantity and expected_on < now()::date) as lines_late_open,
          round(avg(extract(epoch from last_received_at - sent_at) / 86400) filter (where received_quantity >= quantity), 4)
            as mean_lead_time_days,
          round(stddev_samp(extract(epoch from last_received_at - sent_at) / 86400)
            filter (where received_quantity >= quantity), 4) as lead_time_deviation_days
        from lines
        group by supplier_id
      ) t
      join suppliers p on p.id = t.supplier_id`,
  },
  orderBy: ["supplier"],
  parameters: ["from", "to"],
  columns: [
    text("supplier", "Code of the supplier."),
    text("name", "The supplier's name."),
    count("orders", "Purchase orders sent in the period and not cancelled."),
    count("lines", "Their lines."),
    count("lines_in_full", "Lines received in full."),
    amount("ordered_quantity", "Sum of the ordered quantities."),
    amount("received_quantity", "Sum of the received quantities."),
    ratio("fill_rate", "Received (a line never above its order) ÷ ordered."),
    count("lines_due", "Lines with an expected day that has passed, or that are in full."),
    count("lines_on_time", "Lines in full by the expected day."),
    ratio("on_time_rate", "Lines on time ÷ lines due; empty where none is due."),
    count("lines_late_open", "Lines past their expected day and not in full."),
    ratio("mean_lead_time_days", "Mean days from sent to the last receipt, of lines in full."),
    ratio("lead_time_deviation_days", "Sample standard deviation of those days."),
    count("promised_lead_time_days", "Lead time that the supplier's record names."),
    moment("period_from", "Start of the period (UTC)."),
    moment("period_to", "End of the period (UTC)."),
  ],
};
