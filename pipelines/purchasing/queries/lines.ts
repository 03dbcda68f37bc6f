/** SQL of purchase order lines, and the look-ups that name what an order is made of. */
import type { Weekday } from "../../../domain/reorder/calendar.ts";
import type { Db } from "../../../platform/postgres.ts";

export interface LineRow {
  readonly id: string;
  readonly purchase_order_id: string;
  readonly line: number;
  readonly item_id: string;
  readonly sku: string;
  readonly name: string;
  readonly lane: number;
  readonly item_currency: string | null;
  readonly tracking: "none" | "lot" | "serial";
  readonly quantity: string;
  readonly received_quantity: string;
  readonly open_quantity: string;
  readonly unit_cost: string | null;
  readonly explanation: Readonly<Record<string, unknown>> | null;
}

/** The lines of an order by their numbers. */
export async function purchaseOrderLinesRead(db: Db, orderId: string): Promise<LineRow[]> {
  const { rows } = await db.query<LineRow>({
    name: "purchase_order_lines_read",
    text: `
      select l.id,
        l.purchase_order_id,
        l.line_number as line,
        l.item_id,
        i.sku,
        i.name,
        i.lane,
        i.currency as item_currency,
        i.tracking,
        trim_scale(l.quantity)::text as quantity,
        trim_scale(l.received_quantity)::text as received_quantity,
        trim_scale(greatest(l.quantity - l.received_quantity, 0))::text as open_quantity,
        trim_scale(l.unit_cost)::text as unit_cost,
        l.explanation
      from purchase_order_lines l
      join inventory_items i on i.id = l.item_id
      where l.purchase_order_id = $1::uuid
      order by l.line_number`,
    values: [orderId],
  });
  return rows;
}

export interface NewOrderLine {
  readonly id: string;
  readonly orderId: string;
  readonly lineNumber: number;
  readonly itemId: string;
  readonly quantity: string;
  readonly unitCost: string | null;
  readonly explanation: Readonly<Record<string, unknown>> | null;
}

/** Adds lines. */
export async function purchaseOrderLinesInsert(
  db: Db,
  lines: readonly NewOrderLine[],
): Promise<void> {
  await db.query({
    name: "purchase_order_lines_insert",
    text: `
      insert into purchase_order_lines (
        id, purchase_order_id, line_number, item_id, quantity, unit_cost, explanation)
      select id, purchase_order_id, line_number, item_id, quantity, unit_cost, explanation::jsonb
      from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::numeric[], $6::numeric[], $7::text[])
        as g (id, purchase_order_id, line_number, item_id, quantity, unit_cost, explanation)`,
    values: [
      lines.map((line) => line.id),
      lines.map((line) => line.orderId),
      lines.map((line) => line.lineNumber),
      lines.map((line) => line.itemId),
      lines.map((line) => line.quantity),
      lines.map((line) => line.unitCost),
      lines.map((line) => (line.explanation === null ? null : JSON.stringify(line.explanation))),
    ],
  });
}

/** Removes all lines of a draft, before others take their place. */
export async function purchaseOrderLinesDelete(db: Db, orderId: string): Promise<void> {
  await db.query({
    name: "purchase_order_lines_delete",
    text: `
      delete from purchase_order_lines
      where purchase_order_id = $1::uuid`,
    values: [orderId],
  });
}

/** Adds to the received quantities of lines; their order is locked by the caller. */
export async function purchaseOrderLinesReceive(
  db: Db,
  received: readonly { lineId: string; quantity: string }[],
): Promise<void> {
  await db.query({
    name: "purchase_order_lines_receive",
    text: `
      update purchase_order_lines l
      set received_quantity = l.received_quantity + g.quantity
      from (
        select id, sum(quantity) as quantity
        from unnest($1::uuid[], $2::numeric[]) as given (id, quantity)
        group by id
      ) g
      where l.id = g.id`,
    values: [received.map((line) => line.lineId), received.map((line) => line.quantity)],
  });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The text as an id where it is one: a column of ids is never cast to text, so that its index serves. */
export function asId(text: string | undefined): string | null {
  return text !== undefined && UUID.test(text) ? text : null;
}

export interface SupplierEntry {
  readonly id: string;
  readonly code: string;
  readonly status: string;
  readonly currency: string | null;
  readonly lead_time_days: number | null;
  readonly working_days: readonly Weekday[] | null;
  readonly holidays: readonly string[];
}

/** The supplier of a code or an id, archived ones too; a code is looked for first. */
export async function supplierFind(db: Db, codeOrId: string): Promise<SupplierEntry | undefined> {
  const { rows } = await db.query<SupplierEntry>({
    name: "supplier_find",
    text: `
      select id, code, status, currency, lead_time_days, to_jsonb(working_days) as working_days,
        to_jsonb(holidays) as holidays
      from suppliers
      where code = $1::text
        or id = $2::uuid
      order by (code = $1::text) desc
      limit 1`,
    values: [codeOrId, asId(codeOrId)],
  });
  return rows[0];
}

/** A warehouse as an order names it. */
export interface FoundWarehouse {
  readonly id: string;
  readonly code: string;
  readonly status: string;
  readonly time_zone: string;
}

/** The warehouse of a code or an id that the caller may see, archived ones too. */
export async function warehouseFind(
  db: Db,
  args: { codeOrId: string; warehouses: readonly string[] | undefined },
): Promise<FoundWarehouse | undefined> {
  const { rows } = await db.query<FoundWarehouse>({
    name: "warehouse_find",
    text: `
      select id, code, status, time_zone
      from warehouses
      where (code = $1::text or id = $2::uuid)
        and ($3::text[] is null or code = any($3::text[]))
      order by (code = $1::text) desc
      limit 1`,
    values: [args.codeOrId, asId(args.codeOrId), args.warehouses ?? null],
  });
  return rows[0];
}

export interface OrderedItem {
  readonly id: string;
  readonly sku: string;
  readonly status: string;
  /** What the supplier asks for it, if that is known. */
  readonly unit_cost: string | null;
  readonly currency: string | null;
}

/** The items of the given SKUs with the supplier's price of each; SKUs that do not exist are missing. */
export async function orderedItemsRead(
  db: Db,
  args: { supplierId: string; skus: readonly string[] },
): Promise<OrderedItem[]> {
  const { rows } = await db.query<OrderedItem>({
    name: "ordered_items_read",
    text: `
      select i.id,
        i.sku,
        i.status,
        trim_scale(c.unit_cost)::text as unit_cost,
        c.currency
      from inventory_items i
      left join supplier_items c
        on c.item_id = i.id
        and c.supplier_id = $1::uuid
        and c.status = 'active'
      where i.sku = any($2::text[])`,
    values: [args.supplierId, args.skus],
  });
  return rows;
}
