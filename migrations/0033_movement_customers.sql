-- Customers of issues and returns: the reference that a movement named, and what the Customer Base Service says of it. Nothing that
-- tells who the customer is: no name, no address. Only the working role may read it.
set local lock_timeout = '5s';

create table movement_customers (
  movement_id uuid not null,
  reference text not null,
  status text not null,
  -- the reference under which the customer is kept today, where two were merged
  canonical text,
  segment text,
  noted_at timestamptz not null default clock_timestamp(),
  checked_at timestamptz,
  -- of an unverified one: when to ask again
  ask_at timestamptz not null default clock_timestamp(),
  constraint movement_customers_pkey primary key (movement_id),
  constraint movement_customers_status_known check (status in ('verified', 'unverified', 'unknown', 'closed'))
);
create index movement_customers_unverified on movement_customers (ask_at) where status = 'unverified';

grant select, insert, update on movement_customers to stockline_writer;
