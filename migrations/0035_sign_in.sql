-- Sign-in: sessions of users, the refresh tokens that prolong them (each is used once), and machine clients with scopes.
-- Tokens and secrets are kept as SHA-256 of 256 random bits; nothing here lets a reader of the database sign in.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

alter table users
  add column last_signed_in_at timestamptz,
  add column password_changed_at timestamptz;
-- what changed lately is looked for every few seconds, so that news lost with Redis reaches every process all the same
create index users_updated on users (updated_at);

create table sessions (
  id uuid not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  refreshed_at timestamptz not null default now(),
  -- whatever is refreshed, a session ends then
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revoked_reason text,
  constraint sessions_pkey primary key (id),
  constraint sessions_user_fkey foreign key (user_id) references users (id),
  constraint sessions_reason_known check (
    revoked_reason in ('signed_out', 'token_reused', 'password_changed', 'revoked_by_admin', 'user_disabled')),
  constraint sessions_reason_given check ((revoked_at is null) = (revoked_reason is null))
);
create index sessions_user on sessions (user_id) where revoked_at is null;
create index sessions_revoked on sessions (revoked_at) where revoked_at is not null;
create index sessions_expires on sessions (expires_at);

create table refresh_tokens (
  token_hash bytea not null,
  session_id uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- set when it is exchanged; seen again after that, it was stolen, and the session ends
  used_at timestamptz,
  constraint refresh_tokens_pkey primary key (token_hash),
  constraint refresh_tokens_session_fkey foreign key (session_id) references sessions (id) on delete cascade
);
create index refresh_tokens_session on refresh_tokens (session_id);

create table service_clients (
  id uuid not null,
  name text not null,
  secret_hash bytea not null,
  scopes text[] not null default '{}',
  -- codes of the warehouses it is limited to; null: all
  warehouses text[],
  status text not null default 'active',
  version integer not null default 1,
  secret_changed_at timestamptz not null default now(),
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint service_clients_pkey primary key (id),
  constraint service_clients_name_unique unique (name),
  constraint service_clients_status_known check (status in ('active', 'disabled')),
  constraint service_clients_secret_hashed check (length(secret_hash) = 32)
);
create index service_clients_updated on service_clients (updated_at);

grant select, insert, update on sessions, refresh_tokens, service_clients to stockline_writer;
grant delete on sessions, refresh_tokens to stockline_writer;
