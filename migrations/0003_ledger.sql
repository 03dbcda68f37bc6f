-- The heart: lanes, levels, the append-only ledger, the inbox of accepted movements and their final outcomes.
-- A lane row's lock, taken in the writing transaction, is the only fence between two workers (reliability.md P1, P10).
set local lock_timeout = '5s';

create table lanes (
  id smallint not null,
  -- position that the lane's next event gets; gapless, drawn under this row's lock
  next_position bigint not null default 1,
  -- every inbox row of the lane with seq <= low_water has an outcome; only shortens scans (P4)
  low_water bigint not null default 0,
  -- recorded_at never runs backwards in a lane, whatever the clock does
  last_recorded_at timestamptz not null default '-infinity',
  constraint lanes_pkey primary key (id),
  constraint lanes_id_range check (id between 0 and 271)
) with (fillfactor = 50);
insert into lanes (id) select generate_series(0, 271);

create table lots (
  id uuid not null,
  item_id uuid not null,
  code text not null,
  expires_on date,
  created_at timestamptz not null default now(),
  constraint lots_pkey primary key (id),
  constraint lots_code_unique unique (item_id, code),
  constraint lots_item_exists foreign key (item_id) references inventory_items (id)
);

create table stock_levels (
  item_id uuid not null,
  warehouse_id uuid not null,
  lane smallint not null,
  on_hand numeric(18, 4) not null default 0,
  reserved numeric(18, 4) not null default 0,
  unavailable numeric(18, 4) not null default 0,
  in_transit numeric(18, 4) not null default 0,
  -- moving average of receipts with a cost, in the item's currency
  average_cost numeric(18, 6),
  -- number of ledger entries of this level
  version bigint not null default 0,
  last_hash bytea not null default '\x',
  updated_at timestamptz not null,
  constraint stock_levels_pkey primary key (item_id, warehouse_id),
  constraint stock_levels_item_exists foreign key (item_id) references inventory_items (id),
  constraint stock_levels_warehouse_exists foreign key (warehouse_id) references warehouses (id),
  constraint stock_levels_on_hand_range check (on_hand > -1e14 and on_hand < 1e14),
  constraint stock_levels_reserved_range check (reserved >= 0 and reserved < 1e14),
  constraint stock_levels_unavailable_range check (unavailable >= 0 and unavailable < 1e14),
  constraint stock_levels_in_transit_range check (in_transit >= 0 and in_transit < 1e14)
) with (fillfactor = 70);
create index stock_levels_warehouse on stock_levels (warehouse_id);

-- One row per level and movement: the change, the balance after it, and the hash link to the entry before it.
create table stock_movements (
  movement_id uuid not null,
  type text not null,
  item_id uuid not null,
  warehouse_id uuid not null,
  lot_id uuid,
  quantity numeric(18, 4) not null,
  balance_after numeric(18, 4) not null,
  version bigint not null,
  lane smallint not null,
  position bigint not null,
  unit_cost numeric(18, 4),
  currency text,
  counterpart_warehouse_id uuid,
  reason text,
  reference_type text,
  reference_id text,
  source text not null,
  source_id uuid,
  actor text not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  previous_hash bytea not null,
  hash bytea not null,
  constraint stock_movements_pkey primary key (item_id, warehouse_id, version, recorded_at)
) partition by range (recorded_at);
create trigger stock_movements_append_only before update or delete on stock_movements
  for each row execute function refuse_change();
create trigger stock_movements_no_truncate before truncate on stock_movements
  for each statement execute function refuse_change();

create table reservations (
  id uuid not null,
  item_id uuid not null,
  warehouse_id uuid not null,
  quantity numeric(18, 4) not null,
  open_quantity numeric(18, 4) not null,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  constraint reservations_pkey primary key (id),
  constraint reservations_item_exists foreign key (item_id) references inventory_items (id),
  constraint reservations_warehouse_exists foreign key (warehouse_id) references warehouses (id),
  constraint reservations_quantity_range check (quantity > 0 and quantity < 1e14),
  constraint reservations_open_range check (open_quantity >= 0 and open_quantity <= quantity)
);

-- Accepted movements, insert-only while live. "Undone" means: no row in movement_outcomes for the id.
-- xid stands before seq on purpose: defaults are evaluated in column order, so a transaction owns an xid
-- before it draws a seq, and "xid below the snapshot's horizon" proves that no lower seq is still to commit.
create table movement_inbox (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity (cache 1),
  lane smallint not null,
  id uuid not null,
  body_hash bytea not null,
  type text not null,
  item_id uuid not null,
  warehouse_id uuid not null,
  to_warehouse_id uuid,
  quantity numeric(18, 4) not null,
  unit_cost numeric(18, 4),
  currency text,
  expected_version bigint,
  reason text,
  reference_type text,
  reference_id text,
  source text not null,
  source_id uuid,
  actor text not null,
  occurred_at timestamptz not null,
  accepted_at timestamptz not null default clock_timestamp(),
  constraint movement_inbox_pkey primary key (id),
  constraint movement_inbox_quantity_range check (quantity > -1e14 and quantity < 1e14),
  constraint movement_inbox_type_known check (type in (
    'receipt', 'issue', 'transfer', 'adjustment', 'count', 'return', 'supplier_return', 'scrap'))
);
create index movement_inbox_lane_seq on movement_inbox (lane, seq);
create index movement_inbox_source on movement_inbox (source_id) where source_id is not null;

-- Up to safe_seq no accepted movement is still to commit. The sweep notes the last seq drawn and the next xid (candidate);
-- once every transaction below that xid has ended, the candidate is safe: later ones draw higher seqs.
create table inbox_horizon (
  only_row boolean not null default true,
  safe_seq bigint not null default 0,
  candidate_seq bigint not null default 0,
  candidate_xid xid8 not null default '0',
  constraint inbox_horizon_pkey primary key (only_row),
  constraint inbox_horizon_single check (only_row)
) with (fillfactor = 50);
insert into inbox_horizon (only_row) values (true);

-- The final word on each id, kept for ever, so that a late duplicate is never applied again (P5).
create table movement_outcomes (
  id uuid not null,
  body_hash bytea not null,
  status text not null,
  code text,
  detail text,
  item_id uuid not null,
  warehouse_id uuid not null,
  version bigint,
  balance_after numeric(18, 4),
  source_id uuid,
  decided_at timestamptz not null,
  constraint movement_outcomes_pkey primary key (id),
  constraint movement_outcomes_status_known check (status in ('applied', 'rejected')),
  constraint movement_outcomes_whole check (
    (status = 'applied' and version is not null and balance_after is not null)
    or (status = 'rejected' and code is not null))
) partition by hash (id);
create trigger movement_outcomes_append_only before update or delete on movement_outcomes
  for each row execute function refuse_change();
create trigger movement_outcomes_no_truncate before truncate on movement_outcomes
  for each statement execute function refuse_change();

do $$
begin
  for remainder in 0..7 loop
    execute format(
      'create table movement_outcomes_%s partition of movement_outcomes for values with (modulus 8, remainder %s)',
      remainder, remainder);
    execute format(
      'create trigger movement_outcomes_no_truncate before truncate on movement_outcomes_%s for each statement execute function refuse_change()',
      remainder);
  end loop;
end
$$;
create index movement_outcomes_source on movement_outcomes (source_id) where source_id is not null;
