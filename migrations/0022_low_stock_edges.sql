-- Low stock as edges: decided by the apply batch under the item's lane, and looked at again for whatever else moved a position.
-- squawk-ignore-file require-concurrent-index-creation, constraint-missing-not-valid
-- (workers stand still while migrations run, so the short locks of this file block nobody)
set local lock_timeout = '5s';

-- reorder_at was generated from the policy's own figures; methods that follow demand have it worked out (reorder_plans).
alter table reorder_policies alter column reorder_at drop expression;
alter table reorder_policies
  -- an item that is low has recovered once its position is above reorder_at by more than this; null counts as 0
  add column recovery_margin numeric(18, 4),
  add constraint reorder_policies_recovery_margin_range check (recovery_margin >= 0 and recovery_margin < 1e14);

-- Keeps reorder_at the policy's own figure where its method names one. A planned method begins without.
create function keep_reorder_at() returns trigger
language plpgsql
as $$
begin
  if new.method = 'min_max' then
    new.reorder_at := new.min_quantity;
  elsif new.method = 'reorder_point' then
    new.reorder_at := new.reorder_point;
  elsif tg_op = 'INSERT' then
    new.reorder_at := null;
  elsif new.method <> old.method then
    new.reorder_at := null;
  end if;
  return new;
end
$$;
create trigger reorder_policies_reorder_at before insert or update on reorder_policies
  for each row execute function keep_reorder_at();

-- Which movement made an item low; null where it was something else (an order, a policy).
alter table low_stock_alerts add column movement_id uuid;

-- Pairs whose position or reorder level something else than a movement has moved. Written by triggers in the transaction of the
-- cause, so that no way in can forget it; taken out by the worker that looks at the pair under its lane's lock.
create table low_stock_checks (
  id bigint generated always as identity,
  item_id uuid not null,
  warehouse_id uuid not null,
  constraint low_stock_checks_pkey primary key (id)
);

create function note_policy_checks() returns trigger
language plpgsql
as $$
begin
  insert into low_stock_checks (item_id, warehouse_id)
  select item_id, warehouse_id
  from changed
  order by item_id, warehouse_id;
  return null;
end
$$;
create trigger reorder_policies_note_insert after insert on reorder_policies
  referencing new table as changed for each statement execute function note_policy_checks();
create trigger reorder_policies_note_update after update on reorder_policies
  referencing new table as changed for each statement execute function note_policy_checks();

create function note_order_checks() returns trigger
language plpgsql
as $$
begin
  insert into low_stock_checks (item_id, warehouse_id)
  select distinct l.item_id, n.warehouse_id
  from changed n
  join before o on o.id = n.id and o.status <> n.status
  join purchase_order_lines l on l.purchase_order_id = n.id
  join reorder_policies r on r.item_id = l.item_id and r.warehouse_id = n.warehouse_id;
  return null;
end
$$;
create trigger purchase_orders_note_update after update on purchase_orders
  referencing old table as before new table as changed for each statement execute function note_order_checks();

create function note_line_checks() returns trigger
language plpgsql
as $$
begin
  insert into low_stock_checks (item_id, warehouse_id)
  select distinct l.item_id, o.warehouse_id
  from changed l
  join purchase_orders o on o.id = l.purchase_order_id and o.status in ('approved', 'sent', 'partially_received')
  join reorder_policies r on r.item_id = l.item_id and r.warehouse_id = o.warehouse_id;
  return null;
end
$$;
create trigger purchase_order_lines_note_insert after insert on purchase_order_lines
  referencing new table as changed for each statement execute function note_line_checks();
create trigger purchase_order_lines_note_update after update on purchase_order_lines
  referencing new table as changed for each statement execute function note_line_checks();
create trigger purchase_order_lines_note_delete after delete on purchase_order_lines
  referencing old table as changed for each statement execute function note_line_checks();

-- What is on order for one pair, and what of it is accepted but not applied, without reading every order.
create index purchase_order_lines_open on purchase_order_lines (item_id) where received_quantity < quantity;
create index movement_inbox_receipts on movement_inbox (item_id, warehouse_id) where source = 'purchase_order';

grant select on low_stock_checks to stockline_writer, stockline_reader;
grant insert, delete, update on low_stock_checks to stockline_writer;
