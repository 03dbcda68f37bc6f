-- Sinks that can be watched and steered: since when one fails, what its circuit does, and where an event goes that it refuses for ever.
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation
set local lock_timeout = '5s';

alter table sinks
  add column circuit text not null default 'closed',
  -- the first failure since the last acknowledgement
  add column failing_since timestamptz,
  add column paused_by text;
alter table sinks add constraint sinks_circuit_known check (circuit in ('closed', 'open', 'half_open'));

-- the first failure of the lane's next event; kept only for sinks that give up on an event after a time
alter table sink_cursors add column failing_since timestamptz;

-- Events that a sink refused for ever, and the later ones of their key that wait behind them so that the key keeps its order.
create table sink_dead_letters (
  id uuid not null,
  sink text not null,
  lane smallint not null,
  position bigint not null,
  event_id uuid not null,
  event_type text not null,
  partition_key text not null,
  traceparent text,
  body text not null,
  -- the broker's machine word; of one that waits behind another: behind_refused
  code text not null,
  behind boolean not null,
  status text not null default 'parked',
  created_at timestamptz not null default clock_timestamp(),
  resolved_at timestamptz,
  resolved_by text,
  reason text,
  constraint sink_dead_letters_pkey primary key (id),
  constraint sink_dead_letters_sink_exists foreign key (sink) references sinks (name),
  constraint sink_dead_letters_status_known check (status in ('parked', 'released', 'replayed', 'discarded'))
);
create unique index sink_dead_letters_once on sink_dead_letters (sink, lane, position)
  where status in ('parked', 'released');
create index sink_dead_letters_listed on sink_dead_letters (sink, created_at, id);

grant select, insert, update, delete on sink_dead_letters to stockline_writer;
grant select on sink_dead_letters to stockline_reader;
grant delete on sinks, sink_cursors to stockline_writer;
