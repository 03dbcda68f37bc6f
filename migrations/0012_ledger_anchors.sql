-- Where the last sound verification left the ledger: a mark for each level, and anchors (digests over all marks) that are stored
-- outside the database as well, so that a chain that was rewritten whole, or a database that was set back, is found.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

-- Append-only. An anchor counts once its object is in the bucket: then its marks become those of ledger_marks.
create table ledger_anchors (
  number bigint not null,
  mode text not null,
  made_at timestamptz not null default clock_timestamp(),
  -- levels that have entries, and their entries
  levels bigint not null,
  entries bigint not null,
  -- digest over the last hashes of all levels (pipelines/verify/anchor.ts)
  root bytea not null,
  -- lane n at index n + 1: the last event, and up to where every accepted movement was decided
  positions bigint[] not null,
  low_waters bigint[] not null,
  -- where it lies outside; holds the SHA-256 of the object's content
  object_key text not null,
  constraint ledger_anchors_pkey primary key (number),
  constraint ledger_anchors_key_unique unique (object_key),
  constraint ledger_anchors_mode_known check (mode in ('full', 'incremental'))
);
create trigger ledger_anchors_append_only before update or delete on ledger_anchors
  for each row execute function refuse_change();
create trigger ledger_anchors_no_truncate before truncate on ledger_anchors
  for each statement execute function refuse_change();

-- The last entry of each level at the anchor that counts.
create table ledger_marks (
  item_id uuid not null,
  warehouse_id uuid not null,
  lane smallint not null,
  version bigint not null,
  hash bytea not null,
  recorded_at timestamptz not null,
  average_cost numeric(18, 6),
  constraint ledger_marks_pkey primary key (item_id, warehouse_id)
) with (fillfactor = 80);

-- The marks that are to change once the latest anchor is known to lie outside.
create table ledger_marks_pending (
  item_id uuid not null,
  warehouse_id uuid not null,
  lane smallint not null,
  version bigint not null,
  hash bytea not null,
  recorded_at timestamptz not null,
  average_cost numeric(18, 6),
  constraint ledger_marks_pending_pkey primary key (item_id, warehouse_id)
);

-- Which anchor counts; 0 before the first.
create table ledger_marks_state (
  only_row boolean not null default true,
  anchor bigint not null default 0,
  constraint ledger_marks_state_pkey primary key (only_row),
  constraint ledger_marks_state_single check (only_row)
) with (fillfactor = 50);
insert into ledger_marks_state (only_row) values (true);

grant select on ledger_anchors, ledger_marks, ledger_marks_pending, ledger_marks_state to stockline_writer, stockline_reader;
grant insert on ledger_anchors, ledger_marks, ledger_marks_pending to stockline_writer;
grant update on ledger_marks, ledger_marks_state to stockline_writer;
grant delete on ledger_marks_pending to stockline_writer;

-- The monthly partitions ahead, as before, but attached: "create table … partition of" takes the parent away from everybody,
-- and whoever inserts queues behind it while it waits for a reader; attaching lets readers and writers go on (reliability.md P20).
create or replace function ensure_partitions(months_ahead integer) returns setof text
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '300ms'
as $$
declare
  parent text;
  month_start timestamptz;
  part text;
begin
  for month_start in
    select generate_series(
      date_trunc('month', now() at time zone 'UTC') - interval '1 month',
      date_trunc('month', now() at time zone 'UTC') + make_interval(months => months_ahead),
      interval '1 month') at time zone 'UTC'
  loop
    foreach parent in array array['stock_movements', 'events'] loop
      part := parent || '_' || to_char(month_start at time zone 'UTC', 'YYYY_MM');
      continue when to_regclass(part) is not null;
      execute format('create table %I (like %I including defaults including constraints)', part, parent);
      execute format('alter table %I attach partition %I for values from (%L) to (%L)',
        parent, part, month_start,
        ((month_start at time zone 'UTC') + interval '1 month') at time zone 'UTC');
      if parent = 'stock_movements' then
        execute format(
          'create trigger %I before truncate on %I for each statement execute function refuse_change()',
          part || '_no_truncate', part);
      end if;
      return next part;
    end loop;
  end loop;
end
$$;
