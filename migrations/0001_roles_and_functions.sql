-- Roles with least privilege, and the small functions everything else stands on.
-- stockline_owner owns the schema (migrations), stockline_writer works (api, workers, jobs), stockline_reader reads (exports).
-- A role that already exists is used as it is; only a server where neither exists needs CREATEROLE for this file.
set local lock_timeout = '5s';

do $$
declare
  role_name text;
begin
  foreach role_name in array array['stockline_owner', 'stockline_writer', 'stockline_reader'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      begin
        execute format('create role %I nologin', role_name);
        execute format('grant %I to current_user', role_name);
      exception
        when duplicate_object then null;
        when insufficient_privilege then
          raise exception 'role "%" does not exist and this login may not create it; expected a login with CREATEROLE, or the role made beforehand', role_name;
      end;
    end if;
  end loop;
end
$$;

-- Lane of an item: first byte of the SHA-256 of the 16 bytes of its id. Fixed for ever; domain/lane.ts computes the same.
create function lane_of(item_id uuid) returns smallint
language sql immutable strict parallel safe
as $$ select get_byte(sha256(uuid_send(item_id)), 0)::smallint $$;

-- Lane of an entity's events: 256 + (first byte mod 16). Movement events use the item's own lane.
create function entity_lane_of(entity_id uuid) returns smallint
language sql immutable strict parallel safe
as $$ select (256 + get_byte(sha256(uuid_send(entity_id)), 0) % 16)::smallint $$;

-- UUID version 7 (RFC 9562): 48 bits of milliseconds, then random. PostgreSQL 18 has one of its own; 14 to 17 have not.
create function make_uuid7() returns uuid
language sql volatile parallel safe
as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;

-- Raised by the triggers that keep append-only tables append-only. SL001 is mapped in platform/postgres.ts.
create function refuse_change() returns trigger
language plpgsql
as $$
begin
  raise exception 'table "%" is append-only: % is refused', tg_table_name, tg_op using errcode = 'SL001';
end
$$;
