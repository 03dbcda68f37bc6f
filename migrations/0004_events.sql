-- The event log (written in the transaction of what it tells), the sinks' places in it, and the sources' checkpoints.
set local lock_timeout = '5s';

create table events (
  lane smallint not null,
  position bigint not null,
  id uuid not null,
  type text not null,
  subject text not null,
  partition_key text not null,
  data json not null,
  incarnation integer not null default 1,
  recorded_at timestamptz not null,
  constraint events_pkey primary key (lane, position, recorded_at)
) partition by range (recorded_at);
create trigger events_append_only before update on events
  for each row execute function refuse_change();

create table sinks (
  name text not null,
  kind text not null,
  paused boolean not null default false,
  lease_owner text,
  lease_until timestamptz,
  last_error text,
  last_error_at timestamptz,
  created_at timestamptz not null default now(),
  constraint sinks_pkey primary key (name),
  constraint sinks_kind_known check (kind in ('kinesis', 'kafka', 'sqs', 'webhook'))
);

-- position: the last event of the lane that the sink has acknowledged. Moves only by compare-and-set.
create table sink_cursors (
  sink text not null,
  lane smallint not null,
  position bigint not null default 0,
  updated_at timestamptz not null default now(),
  constraint sink_cursors_pkey primary key (sink, lane),
  constraint sink_cursors_sink_exists foreign key (sink) references sinks (name),
  constraint sink_cursors_lane_exists foreign key (lane) references lanes (id)
) with (fillfactor = 50);

create table stream_checkpoints (
  source text not null,
  shard text not null,
  checkpoint text not null,
  lease_owner text,
  lease_until timestamptz,
  updated_at timestamptz not null default now(),
  constraint stream_checkpoints_pkey primary key (source, shard)
);

create table dead_letters (
  id uuid not null,
  origin text not null,
  payload text not null,
  reason text not null,
  status text not null default 'parked',
  created_at timestamptz not null default now(),
  constraint dead_letters_pkey primary key (id),
  constraint dead_letters_status_known check (status in ('parked', 'replayed', 'discarded'))
);

-- Makes the monthly partitions of the ledger and the event log from this month to months_ahead later. Returns the new names.
-- security definer: the working role may not create tables, only ask for these.
create function ensure_partitions(months_ahead integer) returns setof text
language plpgsql security definer set search_path = public, pg_temp
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
      execute format('create table %I partition of %I for values from (%L) to (%L)',
        part, parent, month_start,
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
select ensure_partitions(3);
