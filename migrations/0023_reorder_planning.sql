-- Reorder methods that follow demand, how suppliers sell and when they work, and the figures worked out for each policy.
-- squawk-ignore-file constraint-missing-not-valid, adding-field-with-default, require-concurrent-index-creation
-- (workers stand still while migrations run, so the short locks of this file block nobody)
set local lock_timeout = '5s';

alter table reorder_policies
  drop constraint reorder_policies_method_known,
  drop constraint reorder_policies_method_complete;
alter table reorder_policies
  add constraint reorder_policies_method_known check (
    method in ('min_max', 'reorder_point', 'periodic_review', 'days_of_cover', 'auto')),
  -- what each method cannot do without (domain/reorder/reorderPolicy.ts); min and max of days_of_cover are days
  add constraint reorder_policies_method_complete check (
    (method in ('min_max', 'days_of_cover') and min_quantity is not null and max_quantity is not null)
    or (method = 'reorder_point' and reorder_point is not null and reorder_quantity is not null)
    or (method = 'periodic_review' and review_days is not null)
    or method = 'auto');

alter table suppliers
  -- weekdays on which the supplier works (mon … sun); null: every day. Lead times count these days.
  add column working_days text[],
  add column holidays date[] not null default '{}',
  add constraint suppliers_working_days_known check (
    working_days <@ array['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] and cardinality(working_days) > 0);

alter table supplier_items
  add column order_multiple numeric(18, 4),
  add column order_maximum numeric(18, 4),
  -- [{"quantity": "100", "unit_cost": "4.80"}, …], ascending: the price of all units from a quantity on
  add column price_breaks jsonb not null default '[]',
  add constraint supplier_items_order_multiple_range check (order_multiple > 0 and order_multiple < 1e14),
  add constraint supplier_items_order_maximum_range check (order_maximum > 0 and order_maximum < 1e14),
  add constraint supplier_items_price_breaks_list check (jsonb_typeof(price_breaks) = 'array');

-- The figures of a policy whose method follows demand, as they were worked out last.
create table reorder_plans (
  item_id uuid not null,
  warehouse_id uuid not null,
  -- of the policy that they were worked out for
  policy_version integer not null,
  planned_at timestamptz not null,
  reorder_at numeric(18, 4),
  order_up_to numeric(18, 4),
  -- day of the last review, for periodic_review
  reviewed_on date,
  -- every figure on the way (docs/reorder.md)
  working jsonb not null,
  constraint reorder_plans_pkey primary key (item_id, warehouse_id),
  constraint reorder_plans_item_exists foreign key (item_id) references inventory_items (id),
  constraint reorder_plans_warehouse_exists foreign key (warehouse_id) references warehouses (id)
);

create index reorder_policies_planned on reorder_policies (id)
  where status = 'active' and method not in ('min_max', 'reorder_point');

-- Lead times as they really were.
create index purchase_orders_lead_time on purchase_orders (supplier_id, sent_at) where received_at is not null;

grant select on reorder_plans to stockline_writer, stockline_reader;
grant insert, update on reorder_plans to stockline_writer;
