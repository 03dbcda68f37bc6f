-- Purchase orders, and the position that reorder decisions read.
set local lock_timeout = '5s';

create sequence purchase_order_numbers;

create table purchase_orders (
  id uuid not null,
  number text not null default 'PO-' || lpad(nextval('purchase_order_numbers')::text, 6, '0'),
  supplier_id uuid not null,
  warehouse_id uuid not null,
  status text not null default 'draft',
  currency text,
  expected_on date,
  note text,
  created_by text not null,
  approved_by text,
  approved_at timestamptz,
  sent_at timestamptz,
  received_at timestamptz,
  cancelled_at timestamptz,
  generated_by_run uuid,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint purchase_orders_pkey primary key (id),
  constraint purchase_orders_number_unique unique (number),
  constraint purchase_orders_supplier_exists foreign key (supplier_id) references suppliers (id),
  constraint purchase_orders_warehouse_exists foreign key (warehouse_id) references warehouses (id),
  constraint purchase_orders_status_known check (
    status in ('draft', 'approved', 'sent', 'partially_received', 'received', 'cancelled')),
  constraint purchase_orders_currency_iso check (currency ~ '^[A-Z]{3}$')
);
create index purchase_orders_status on purchase_orders (status);
create index purchase_orders_supplier on purchase_orders (supplier_id);

create table purchase_order_lines (
  id uuid not null,
  purchase_order_id uuid not null,
  line_number integer not null,
  item_id uuid not null,
  quantity numeric(18, 4) not null,
  received_quantity numeric(18, 4) not null default 0,
  unit_cost numeric(18, 4),
  -- how the quantity was reached, figure by figure
  explanation jsonb,
  constraint purchase_order_lines_pkey primary key (id),
  constraint purchase_order_lines_number_unique unique (purchase_order_id, line_number),
  constraint purchase_order_lines_order_exists foreign key (purchase_order_id) references purchase_orders (id),
  constraint purchase_order_lines_item_exists foreign key (item_id) references inventory_items (id),
  constraint purchase_order_lines_quantity_range check (quantity > 0 and quantity < 1e14),
  constraint purchase_order_lines_received_range check (received_quantity >= 0 and received_quantity < 1e14),
  constraint purchase_order_lines_cost_range check (unit_cost >= 0 and unit_cost < 1e14)
);
create index purchase_order_lines_item on purchase_order_lines (item_id);

-- Position of every level or policy pair: what reorder decisions count. Read it inside one snapshot.
-- receipts_pending: accepted receipts of purchase orders that no lane has applied yet, so that a receipt is counted
-- once at every moment: as on order, then as pending, then as on hand.
create view stock_positions as
with on_order as (
  select l.item_id,
    o.warehouse_id,
    sum(greatest(l.quantity - l.received_quantity, 0)) filter (where o.status <> 'draft') as on_order,
    sum(greatest(l.quantity - l.received_quantity, 0)) filter (where o.status = 'draft') as drafted
  from purchase_orders o
  join purchase_order_lines l on l.purchase_order_id = o.id
  where o.status in ('draft', 'approved', 'sent', 'partially_received')
  group by l.item_id, o.warehouse_id
),
pending as (
  select i.item_id, i.warehouse_id, sum(i.quantity) as receipts_pending
  from lanes n
  join movement_inbox i on i.lane = n.id and i.seq > n.low_water
  where i.source = 'purchase_order'
    and not exists (select from movement_outcomes o where o.id = i.id)
  group by i.item_id, i.warehouse_id
),
-- a pair once each, by anti-joins: a union would sort every level of the database
pairs as (
  select item_id, warehouse_id, on_hand, reserved, unavailable, in_transit
  from stock_levels
  union all
  select r.item_id, r.warehouse_id, 0, 0, 0, 0
  from reorder_policies r
  where not exists (select from stock_levels s where s.item_id = r.item_id and s.warehouse_id = r.warehouse_id)
  union all
  select o.item_id, o.warehouse_id, 0, 0, 0, 0
  from on_order o
  where not exists (select from stock_levels s where s.item_id = o.item_id and s.warehouse_id = o.warehouse_id)
    and not exists (select from reorder_policies r where r.item_id = o.item_id and r.warehouse_id = o.warehouse_id)
)
select k.item_id,
  k.warehouse_id,
  k.on_hand,
  k.reserved,
  k.unavailable,
  k.on_hand - k.reserved - k.unavailable as available,
  k.in_transit,
  coalesce(o.on_order, 0) as on_order,
  coalesce(o.drafted, 0) as drafted,
  coalesce(p.receipts_pending, 0) as receipts_pending,
  k.on_hand - k.reserved + k.in_transit
    + coalesce(o.on_order, 0) + coalesce(p.receipts_pending, 0) as position
from pairs k
left join on_order o on o.item_id = k.item_id and o.warehouse_id = k.warehouse_id
left join pending p on p.item_id = k.item_id and p.warehouse_id = k.warehouse_id;

-- A row while the position of an item is at or below its reorder point: alerts are its edges, not repeats.
create table low_stock_alerts (
  item_id uuid not null,
  warehouse_id uuid not null,
  reorder_at numeric(18, 4) not null,
  position numeric(18, 4) not null,
  since timestamptz not null default now(),
  constraint low_stock_alerts_pkey primary key (item_id, warehouse_id),
  constraint low_stock_alerts_item_exists foreign key (item_id) references inventory_items (id),
  constraint low_stock_alerts_warehouse_exists foreign key (warehouse_id) references warehouses (id)
);
