-- Cost layers beside the ledger: moving average and FIFO of every level by business time. All of it can be computed again from
-- the ledger; nothing here is ever read by whoever decides movements.
-- squawk-ignore-file prefer-robust-stmts
set local lock_timeout = '5s';

-- Up to which position each lane's events were looked through for items that moved.
create table valuation_lanes (
  lane smallint not null,
  position bigint not null default 0,
  constraint valuation_lanes_pkey primary key (lane),
  constraint valuation_lanes_range check (lane between 0 and 255)
) with (fillfactor = 50);
insert into valuation_lanes (lane) select generate_series(0, 255);

-- Where the valuation of an item stands: the last entry folded, in the order of (occurred_at, position), and the state after it.
create table valuation_items (
  item_id uuid not null,
  -- the ledger may hold more than was taken
  dirty boolean not null default true,
  -- set while what was taken is being folded: everything recorded until then is in
  taken_at timestamptz,
  folded_occurred_at timestamptz not null default '-infinity',
  folded_position bigint not null default 0,
  -- entries folded since the last checkpoint
  unsaved_entries bigint not null default 0,
  state jsonb not null default '{}',
  constraint valuation_items_pkey primary key (item_id),
  constraint valuation_items_item_exists foreign key (item_id) references inventory_items (id)
) with (fillfactor = 50);
create index valuation_items_open on valuation_items (item_id) where dirty or taken_at is not null;

-- States to go back to when an entry comes that is dated before what was folded.
create table valuation_checkpoints (
  item_id uuid not null,
  occurred_at timestamptz not null,
  position bigint not null,
  state jsonb not null,
  constraint valuation_checkpoints_pkey primary key (item_id, occurred_at, position)
);

-- The figures of a level, as they were at as_of, when the level was at valued_version.
create table valuation_levels (
  item_id uuid not null,
  warehouse_id uuid not null,
  -- ledger entries up to here have a row in movement_costs, where they change a quantity
  taken_version bigint not null default 0,
  taken_recorded_at timestamptz not null default '-infinity',
  valued_version bigint not null default 0,
  as_of timestamptz,
  quantity numeric(18, 4) not null default 0,
  in_transit numeric(18, 4) not null default 0,
  average_unit_cost numeric(24, 6),
  average_value numeric(38, 4) not null default 0,
  average_in_transit_value numeric(38, 4) not null default 0,
  fifo_unit_cost numeric(24, 6),
  fifo_value numeric(38, 4) not null default 0,
  fifo_in_transit_value numeric(38, 4) not null default 0,
  -- [[since, quantity, value], …], what goes out first standing first
  fifo_layers jsonb not null default '[]',
  constraint valuation_levels_pkey primary key (item_id, warehouse_id)
) with (fillfactor = 70);

-- What each ledger entry did to values, by both methods: amount is the change of the value on hand, expense what left the
-- stock's value for good (cost of goods sold, losses, variances). Null until folded; in business order.
create table movement_costs (
  item_id uuid not null,
  occurred_at timestamptz not null,
  position bigint not null,
  warehouse_id uuid not null,
  version bigint not null,
  recorded_at timestamptz not null,
  movement_id uuid not null,
  average_amount numeric(38, 4),
  average_expense numeric(38, 4),
  fifo_amount numeric(38, 4),
  fifo_expense numeric(38, 4),
  constraint movement_costs_pkey primary key (item_id, occurred_at, position)
) with (fillfactor = 70);
create index movement_costs_movement on movement_costs (movement_id);

grant select on valuation_lanes, valuation_items, valuation_checkpoints, valuation_levels, movement_costs
  to stockline_writer, stockline_reader;
grant update on valuation_lanes to stockline_writer;
grant insert, update on valuation_items, valuation_levels, movement_costs to stockline_writer;
-- a checkpoint after an entry that came late is void
grant insert, delete on valuation_checkpoints to stockline_writer;
