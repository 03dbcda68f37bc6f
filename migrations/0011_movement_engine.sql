-- The movement engine at full strength: lots and serial numbers, reservations, transfers in transit, reversals, atomic groups,
-- period close, packs, and a place for movements that no batch can apply.
-- squawk-ignore-file require-concurrent-index-creation, constraint-missing-not-valid, adding-field-with-default, adding-foreign-key-constraint
-- (workers stand still while migrations run, so the short locks of this file block nobody)
set local lock_timeout = '5s';

-- What an accepted movement may say beyond the first version. target_id: the reservation that an issue consumes or a release
-- frees, the transfer that arrives or is lost, the movement that is reversed.
alter table movement_inbox
  add column lot_code text,
  add column lot_expires_on date,
  add column target_id uuid,
  add column expires_at timestamptz,
  add column counted_version bigint,
  add column in_transit boolean not null default false,
  -- lines that apply together or not at all
  add column group_id uuid;
alter table movement_inbox drop constraint movement_inbox_type_known;
alter table movement_inbox add constraint movement_inbox_type_known check (type in (
  'receipt', 'issue', 'transfer', 'adjustment', 'count', 'return', 'supplier_return', 'scrap', 'hold', 'unhold', 'reserve',
  'release', 'arrival', 'transit_loss', 'reversal'));
create index movement_inbox_group on movement_inbox (group_id) where group_id is not null;

-- A ledger entry tells its change of each balance of the level, and each balance after it.
alter table stock_movements
  add column reserved_change numeric(18, 4) not null default 0,
  add column reserved_after numeric(18, 4) not null default 0,
  add column unavailable_change numeric(18, 4) not null default 0,
  add column unavailable_after numeric(18, 4) not null default 0,
  add column in_transit_change numeric(18, 4) not null default 0,
  add column in_transit_after numeric(18, 4) not null default 0,
  add column lot_balance_after numeric(18, 4),
  add column target_id uuid;
-- Entries that were recorded well after they occurred; all others lie in the ledger nearly where their time lies.
create index stock_movements_late on stock_movements (item_id, warehouse_id, occurred_at)
  where recorded_at - occurred_at > interval '5 minutes';

-- When the first open reservation of the level lapses, or earlier; null where none does. Spares looking for those that lapsed.
alter table stock_levels add column next_expiry timestamptz;

-- What a level holds of each lot; the sum of on_hand over the lots of a tracked item is the level's.
-- A serial number is a lot of which there is at most one, in one place.
create table lot_balances (
  lot_id uuid not null,
  warehouse_id uuid not null,
  item_id uuid not null,
  on_hand numeric(18, 4) not null default 0,
  reserved numeric(18, 4) not null default 0,
  unavailable numeric(18, 4) not null default 0,
  in_transit numeric(18, 4) not null default 0,
  updated_at timestamptz not null,
  constraint lot_balances_pkey primary key (lot_id, warehouse_id),
  constraint lot_balances_lot_exists foreign key (lot_id) references lots (id),
  constraint lot_balances_warehouse_exists foreign key (warehouse_id) references warehouses (id),
  constraint lot_balances_on_hand_range check (on_hand >= 0 and on_hand < 1e14),
  constraint lot_balances_reserved_range check (reserved >= 0 and reserved < 1e14),
  constraint lot_balances_unavailable_range check (unavailable >= 0 and unavailable < 1e14),
  constraint lot_balances_in_transit_range check (in_transit >= 0 and in_transit < 1e14)
) with (fillfactor = 70);
create index lot_balances_level on lot_balances (item_id, warehouse_id)
  where on_hand <> 0 or reserved <> 0 or unavailable <> 0 or in_transit <> 0;

-- A reservation has the id of its reserve movement. quantity = open + issued + released.
alter table reservations
  add column lot_id uuid,
  add column issued_quantity numeric(18, 4) not null default 0,
  add column released_quantity numeric(18, 4) not null default 0,
  add column updated_at timestamptz not null default now(),
  add constraint reservations_lot_exists foreign key (lot_id) references lots (id),
  add constraint reservations_whole check (quantity = open_quantity + issued_quantity + released_quantity);
create index reservations_open on reservations (item_id, warehouse_id) where open_quantity > 0;
create index reservations_expiring on reservations (expires_at) where open_quantity > 0 and expires_at is not null;

-- Goods on their way from one warehouse to another: a line a lot. Has the id of its transfer movement.
create table transits (
  movement_id uuid not null,
  line smallint not null,
  item_id uuid not null,
  from_warehouse_id uuid not null,
  to_warehouse_id uuid not null,
  lot_id uuid,
  quantity numeric(18, 4) not null,
  open_quantity numeric(18, 4) not null,
  arrived_quantity numeric(18, 4) not null default 0,
  lost_quantity numeric(18, 4) not null default 0,
  -- average cost that left with the goods
  unit_cost numeric(18, 6),
  shipped_at timestamptz not null,
  updated_at timestamptz not null,
  constraint transits_pkey primary key (movement_id, line),
  constraint transits_item_exists foreign key (item_id) references inventory_items (id),
  constraint transits_from_exists foreign key (from_warehouse_id) references warehouses (id),
  constraint transits_to_exists foreign key (to_warehouse_id) references warehouses (id),
  constraint transits_lot_exists foreign key (lot_id) references lots (id),
  constraint transits_quantity_range check (quantity > 0 and quantity < 1e14),
  constraint transits_open_range check (open_quantity >= 0),
  -- a transfer that was reversed before anything arrived has nothing open, arrived or lost
  constraint transits_whole check (quantity >= open_quantity + arrived_quantity + lost_quantity)
);
create index transits_open on transits (to_warehouse_id, item_id) where open_quantity > 0;

-- Each movement is reversed at most once.
create table reversals (
  movement_id uuid not null,
  reversed_by uuid not null,
  reversed_at timestamptz not null,
  constraint reversals_pkey primary key (movement_id),
  constraint reversals_reversed_by_unique unique (reversed_by)
);
create trigger reversals_append_only before update or delete on reversals
  for each row execute function refuse_change();
create trigger reversals_no_truncate before truncate on reversals
  for each statement execute function refuse_change();

-- Months (UTC) that take no further entries dated into them.
create table closed_periods (
  month date not null,
  closed_by text not null,
  closed_at timestamptz not null default now(),
  constraint closed_periods_pkey primary key (month),
  constraint closed_periods_first_day check (extract(day from month) = 1)
);

-- Packs of an item: how many stock units each holds.
create table item_units (
  item_id uuid not null,
  unit text not null,
  factor numeric(18, 4) not null,
  constraint item_units_pkey primary key (item_id, unit),
  constraint item_units_item_exists foreign key (item_id) references inventory_items (id),
  constraint item_units_factor_range check (factor > 0 and factor < 1e14)
);

-- Movements that their batch could not be written with, taken out of the inbox so that their lanes go on. Still undone.
create table set_aside_movements (
  id uuid not null,
  lane smallint not null,
  body_hash bytea not null,
  -- the inbox row, whole
  movement jsonb not null,
  error text not null,
  set_aside_at timestamptz not null default now(),
  constraint set_aside_movements_pkey primary key (id)
);

alter table lanes
  -- a lane that fails whatever is set aside stands still until somebody looks
  add column halted_at timestamptz,
  add column halted_reason text;

grant select on lot_balances, transits, reversals, closed_periods, item_units, set_aside_movements
  to stockline_writer, stockline_reader;
grant insert on lot_balances, transits, reversals, closed_periods, item_units, set_aside_movements to stockline_writer;
grant update on lot_balances, transits, item_units to stockline_writer;
grant delete on item_units, set_aside_movements to stockline_writer;
