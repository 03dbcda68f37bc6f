/** SQL of the business figures: what the stock is worth, what is low, what is ordered. */
import type { Db } from "../../platform/postgres.ts";

/** Worth of the stock on hand at average cost, by currency; items without a currency under none. */
export async function stockValueByCurrency(
  db: Db,
): Promise<{ readonly currency: string; readonly value: string }[]> {
  const { rows } = await db.query<{ currency: string; value: string }>({
    name: "stock_value_by_currency",
    text: `
      select coalesce(i.currency, 'none') as currency, round(sum(s.on_hand * s.average_cost), 4)::text as value
      from stock_levels s
      join inventory_items i on i.id = s.item_id
      where s.average_cost is not null
      group by i.currency
      order by i.currency`,
    values: [],
  });
  return rows;
}

/** Levels whose position has fallen to the reorder point, and purchase orders by status. */
export async function lowAndOrdered(db: Db): Promise<{
  readonly low: number;
  readonly orders: readonly { readonly status: string; readonly orders: number }[];
}> {
  const low = await db.query<{ low: number }>({
    name: "low_levels_count",
    text: `
      select count(*) as low
      from low_stock_alerts`,
    values: [],
  });
  const orders = await db.query<{ status: string; orders: number }>({
    name: "purchase_orders_by_status",
    text: `
      select status, count(*) as orders
      from purchase_orders
      group by status
      order by status`,
    values: [],
  });
  return { low: low.rows[0]?.low ?? 0, orders: orders.rows };
}

/** How many purchase orders took each step in the last 24 hours. */
export async function ordersOfLastDay(
  db: Db,
): Promise<{ readonly step: string; readonly orders: number }[]> {
  const { rows } = await db.query<{ step: string; orders: number }>({
    name: "purchase_orders_of_last_day",
    text: `
      select s.step, count(*) filter (where s.at > now() - interval '1 day') as orders
      from purchase_orders o
      cross join lateral (
        values ('drafted', o.created_at), ('sent', o.sent_at), ('received', o.received_at)
      ) as s (step, at)
      group by s.step
      order by s.step`,
    values: [],
  });
  return rows;
}

/** Items with a price in a currency, of these. */
export async function pricesOfItems(
  db: Db,
  itemIds: readonly string[],
): Promise<{ readonly id: string; readonly price: string; readonly currency: string }[]> {
  const { rows } = await db.query<{ id: string; price: string; currency: string }>({
    name: "prices_of_items",
    text: `
      select id, price::text as price, currency
      from inventory_items
      where id = any($1::uuid[])
        and price is not null
        and currency is not null`,
    values: [itemIds],
  });
  return rows;
}
