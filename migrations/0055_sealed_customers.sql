-- References of customers are sealed like other personal data and found by blind index; a person's references can be forgotten.
-- docs/decisions/0040-what-is-sealed-where.md tells what is sealed where.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

alter table movement_customers
  add column reference_index bytea,
  add column canonical_index bytea,
  -- the data key that sealed the row; null: plain. By it a rotation finds what is left without reading the whole table
  add column sealed_key integer;
create index movement_customers_reference_index on movement_customers (reference_index) where reference_index is not null;
create index movement_customers_canonical_index on movement_customers (canonical_index)
  where canonical_index is distinct from reference_index;
create index movement_customers_sealed_key on movement_customers (sealed_key, movement_id);
create index movement_customers_plain on movement_customers (reference) where sealed_key is null;
create index movement_customers_plain_canonical on movement_customers (canonical) where sealed_key is null;

grant delete on movement_customers to stockline_writer;
