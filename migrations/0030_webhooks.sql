-- Webhooks: subscriptions of other people's servers. Each is a sink with cursors of its own, so that it is replayed, paused and watched as one.
set local lock_timeout = '5s';

create table webhooks (
  name text not null,
  url text not null,
  -- shown once, when it is made; signs every request
  secret text not null,
  -- event types, exact or with * at the end; empty: all
  types text[] not null,
  -- codes and SKUs that an event must name; empty: all
  warehouses text[] not null,
  skus text[] not null,
  status text not null default 'active',
  disabled_reason text,
  version bigint not null default 1,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint webhooks_pkey primary key (name),
  constraint webhooks_sink_exists foreign key (name) references sinks (name),
  constraint webhooks_status_known check (status in ('active', 'disabled'))
);

grant select, insert, update, delete on webhooks to stockline_writer;
