-- People, idempotency keys and the audit trail.
set local lock_timeout = '5s';

create table users (
  id uuid not null,
  email text not null,
  name text not null,
  password_hash text,
  roles text[] not null default '{}',
  warehouses text[],
  status text not null default 'active',
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint users_pkey primary key (id),
  constraint users_email_unique unique (email),
  constraint users_status_known check (status in ('active', 'disabled')),
  constraint users_roles_known check (
    roles <@ array['viewer', 'operator', 'buyer', 'analyst', 'admin', 'service'])
);

create table idempotency_keys (
  client text not null,
  key text not null,
  request_hash bytea not null,
  -- null while the first request is in flight
  response_status integer,
  response_headers jsonb,
  response_body text,
  in_flight_until timestamptz,
  created_at timestamptz not null default now(),
  constraint idempotency_keys_pkey primary key (client, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

create table audit_log (
  id uuid not null,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  entity_type text not null,
  entity_id text not null,
  request_id text,
  before jsonb,
  after jsonb,
  constraint audit_log_pkey primary key (id)
);
create trigger audit_log_append_only before update or delete on audit_log
  for each row execute function refuse_change();
create trigger audit_log_no_truncate before truncate on audit_log
  for each statement execute function refuse_change();
