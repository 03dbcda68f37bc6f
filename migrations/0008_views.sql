-- The three wide views of the platform. Each has a unique index, so that it can be refreshed CONCURRENTLY, and an age.
-- squawk-ignore-file require-concurrent-index-creation
-- (the views are made in this file, empty and unseen: nobody can be blocked)
set local lock_timeout = '5s';

create materialized view v_current_inventory as
select s.item_id,
  s.warehouse_id,
  i.sku,
  i.name,
  i.category,
  i.unit,
  w.code as warehouse,
  s.on_hand,
  s.reserved,
  s.unavailable,
  s.on_hand - s.reserved - s.unavailable as available,
  s.in_transit,
  s.average_cost,
  round(s.on_hand * s.average_cost, 4) as stock_value,
  i.currency,
  s.version,
  s.updated_at
from stock_levels s
join inventory_items i on i.id = s.item_id
join warehouses w on w.id = s.warehouse_id;
create unique index v_current_inventory_key on v_current_inventory (item_id, warehouse_id);
create index v_current_inventory_sku on v_current_inventory (sku, warehouse);

create materialized view v_pending_orders as
select l.id as line_id,
  o.id as purchase_order_id,
  o.number,
  o.status,
  p.code as supplier,
  w.code as warehouse,
  i.sku,
  l.quantity,
  l.received_quantity,
  greatest(l.quantity - l.received_quantity, 0) as open_quantity,
  l.unit_cost,
  o.currency,
  o.expected_on,
  o.created_at
from purchase_orders o
join purchase_order_lines l on l.purchase_order_id = o.id
join suppliers p on p.id = o.supplier_id
join warehouses w on w.id = o.warehouse_id
join inventory_items i on i.id = l.item_id
where o.status in ('draft', 'approved', 'sent', 'partially_received');
create unique index v_pending_orders_key on v_pending_orders (line_id);

create materialized view v_low_stock_items as
select r.item_id,
  r.warehouse_id,
  i.sku,
  i.name,
  w.code as warehouse,
  r.method,
  r.reorder_at,
  x.on_hand,
  x.reserved,
  x.available,
  x.on_order,
  x.in_transit,
  x.position,
  r.reorder_at - x.position as shortfall
from reorder_policies r
join inventory_items i on i.id = r.item_id
join warehouses w on w.id = r.warehouse_id
join stock_positions x on x.item_id = r.item_id and x.warehouse_id = r.warehouse_id
where r.status = 'active'
  and i.status = 'active'
  and w.status = 'active'
  and x.position <= r.reorder_at;
create unique index v_low_stock_items_key on v_low_stock_items (item_id, warehouse_id);

create table view_refreshes (
  view_name text not null,
  refreshed_at timestamptz not null,
  duration_ms integer not null,
  rows bigint not null,
  constraint view_refreshes_pkey primary key (view_name)
);
insert into view_refreshes (view_name, refreshed_at, duration_ms, rows)
values ('v_current_inventory', now(), 0, 0), ('v_pending_orders', now(), 0, 0), ('v_low_stock_items', now(), 0, 0);

-- Refreshes one of the three views without blocking its readers; answers the number of rows and the time its snapshot began.
-- security definer: only the owner of a view may refresh it.
create function refresh_view(name text) returns table (rows bigint, refreshed_at timestamptz)
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  started timestamptz := clock_timestamp();
  counted bigint;
begin
  if name not in ('v_current_inventory', 'v_pending_orders', 'v_low_stock_items') then
    raise exception 'view "%" is not known; expected v_current_inventory, v_pending_orders or v_low_stock_items', name;
  end if;
  execute format('refresh materialized view concurrently %I', name);
  execute format('select count(*) from %I', name) into counted;
  insert into view_refreshes as v (view_name, refreshed_at, duration_ms, rows)
  values (name, started, round(extract(epoch from clock_timestamp() - started) * 1000), counted)
  on conflict (view_name) do update
  set refreshed_at = excluded.refreshed_at, duration_ms = excluded.duration_ms, rows = excluded.rows;
  return query select counted, started;
end
$$;
