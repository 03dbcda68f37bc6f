-- The audit trail writes itself: triggers note who changed what, with before and after, in the transaction of the change, and at
-- its commit each entry is linked to the one before by a hash. pipelines/audit verifies and reads it; docs/audit.md tells the rules.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

alter table audit_log
  -- where the request came from, and by which way: a route, an import, a job
  add column address text,
  add column via text,
  -- of an entry that tells of many entities at once; before and after then have a member for each
  add column entity_ids text[];
create index audit_log_entity on audit_log (entity_type, entity_id);
create index audit_log_entities on audit_log using gin (entity_ids) where entity_ids is not null;
create index audit_log_actor on audit_log (actor);

-- One row an entry, without a gap, in the order of the commits.
create table audit_chain (
  seq bigint not null,
  entry_id uuid not null,
  hash bytea not null,
  constraint audit_chain_pkey primary key (seq),
  constraint audit_chain_entry_unique unique (entry_id),
  constraint audit_chain_entry_exists foreign key (entry_id) references audit_log (id)
);
create trigger audit_chain_append_only before update or delete on audit_chain
  for each row execute function refuse_change();
create trigger audit_chain_no_truncate before truncate on audit_chain
  for each statement execute function refuse_change();

-- The end of the chain; its row's lock puts commits into one order.
create table audit_head (
  only_row boolean not null default true,
  seq bigint not null default 0,
  hash bytea not null default '\x',
  constraint audit_head_pkey primary key (only_row),
  constraint audit_head_single check (only_row)
) with (fillfactor = 50);
insert into audit_head (only_row) values (true);

-- SHA-256 over everything that an entry says.
create function audit_digest(entry audit_log) returns bytea
language sql stable set search_path = public, pg_temp
as $$
  select sha256(convert_to(jsonb_build_array(
    entry.id, extract(epoch from entry.at)::text, entry.actor, entry.action, entry.entity_type, entry.entity_id, entry.entity_ids,
    entry.request_id, entry.address, entry.via, entry.before, entry.after)::text, 'UTF8'))
$$;

create function audit_link_entry(entry audit_log) returns void
language plpgsql set search_path = public, pg_temp
as $$
declare
  head audit_head;
begin
  select * into strict head from audit_head for update;
  head.seq := head.seq + 1;
  head.hash := sha256(head.hash || audit_digest(entry));
  insert into audit_chain (seq, entry_id, hash) values (head.seq, entry.id, head.hash);
  update audit_head set seq = head.seq, hash = head.hash;
end
$$;

create function audit_link() returns trigger
language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform audit_link_entry(new);
  return null;
end
$$;
-- entries from before
select count(audit_link_entry(a)) from (select * from audit_log order by at, id) a;
-- deferred: the lock is held only while the transaction commits, and nobody waits for anything else under it
create constraint trigger audit_log_linked after insert on audit_log
  deferrable initially deferred for each row execute function audit_link();

-- Who acts: what the program said of this transaction (platform/acting.ts), or else which program or login it is.
create function audit_acting() returns jsonb
language sql stable set search_path = public, pg_temp
as $$
  select coalesce(nullif(current_setting('stockline.acting', true), '')::jsonb,
    jsonb_build_object('actor', case when current_setting('application_name') like 'stockline-%'
      then 'system:' || current_setting('application_name')
      else 'login:' || session_user end))
$$;

-- Notes one thing that no trigger sees.
create function audit_note(action text, entity_type text, entity_id text, before jsonb, after jsonb) returns void
language sql security definer set search_path = public, pg_temp
as $$
  insert into audit_log (id, at, actor, action, entity_type, entity_id, request_id, address, via, before, after)
  select make_uuid7(), clock_timestamp(), a ->> 'actor', $1, $2, $3, a ->> 'request_id', a ->> 'address', a ->> 'via', $4, $5
  from audit_acting() a
$$;

-- The value of a column as an entry shows it: personal data and secrets only as being there.
create function audit_shown(name text, value jsonb, hidden text[]) returns jsonb
language sql immutable parallel safe
as $$
  select case
    when value is null or value = 'null'::jsonb then 'null'::jsonb
    when name = any(hidden) then '"[hidden]"'::jsonb
    else value
  end
$$;

-- Appends what became of the rows: olds and news are paired; null on one side: created or deleted. Up to 20 get an entry each, more
-- of them share entries of 500, so that an import of millions does not write millions of entries.
create function audit_append(entity text, keys text[], hidden text[], olds jsonb[], news jsonb[]) returns void
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  acting jsonb := audit_acting();
begin
  with change as materialized (
    select p.nth, (select string_agg(coalesce(p.n, p.o) ->> k.name, '/' order by k.nth)
        from unnest(keys) with ordinality as k (name, nth)) as key,
      case when p.o is null then 'created' when p.n is null then 'deleted' else 'updated' end as action,
      d.before, d.after
    from unnest(olds, news) with ordinality as p (o, n, nth)
    cross join lateral (
      select
        case when p.o is not null then jsonb_object_agg(f.name, audit_shown(f.name, p.o -> f.name, hidden)) end as before,
        case when p.n is not null then jsonb_object_agg(f.name, audit_shown(f.name, p.n -> f.name, hidden)) end as after,
        count(*) as fields
      from jsonb_object_keys(coalesce(p.n, p.o)) as f (name)
      where nullif(p.o -> f.name, 'null'::jsonb) is distinct from nullif(p.n -> f.name, 'null'::jsonb)
        and f.name <> all(array['created_at', 'updated_at', 'last_signed_in_at', 'sku_folded', 'reorder_at', 'lane', 'explanation',
          'email_index', 'phone_index', 'lease_owner', 'lease_until'])
    ) d
    where d.fields > 0
  ),
  counted as (
    select count(*) as changes from change
  )
  insert into audit_log (id, at, actor, action, entity_type, entity_id, entity_ids, request_id, address, via, before, after)
  select make_uuid7(), clock_timestamp(), acting ->> 'actor', e.action, entity, e.key, e.keys,
    acting ->> 'request_id', acting ->> 'address', acting ->> 'via', e.before, e.after
  from (
    select c.nth, c.action, c.key, null::text[] as keys, c.before, c.after
    from change c, counted n
    where n.changes <= 20
    union all
    select min(c.nth), c.action, '', array_agg(c.key order by c.nth),
      jsonb_object_agg(c.key, c.before) filter (where c.before is not null),
      jsonb_object_agg(c.key, c.after) filter (where c.after is not null)
    from (select *, row_number() over (partition by action order by nth) as place from change) c, counted n
    where n.changes > 20
    group by c.action, (c.place - 1) / 500
  ) e
  order by e.nth;
end
$$;
revoke execute on function audit_append(text, text[], text[], jsonb[], jsonb[]) from public;

-- Arguments of both trigger functions: the entity's name, its key columns, and the columns that are never shown.
create function audit_statement() returns trigger
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  keys text[] := string_to_array(tg_argv[1], ',');
  hidden text[] := string_to_array(tg_argv[2], ',');
  olds jsonb[];
  news jsonb[];
begin
  if tg_op = 'INSERT' then
    select array_agg(to_jsonb(n)), array_agg(null::jsonb) into news, olds from new_rows n;
  elsif tg_op = 'DELETE' then
    select array_agg(to_jsonb(o)), array_agg(null::jsonb) into olds, news from old_rows o;
  else
    with o as materialized (
      select to_jsonb(r) as row, array(select to_jsonb(r) ->> k from unnest(keys) k) as key from old_rows r
    ),
    n as materialized (
      select to_jsonb(r) as row, array(select to_jsonb(r) ->> k from unnest(keys) k) as key from new_rows r
    )
    select array_agg(o.row), array_agg(n.row) into olds, news from o full join n on n.key = o.key;
  end if;
  if coalesce(olds, news) is not null then
    perform audit_append(tg_argv[0], keys, hidden, olds, news);
  end if;
  return null;
end
$$;

create function audit_row() returns trigger
language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  perform audit_append(tg_argv[0], string_to_array(tg_argv[1], ','), string_to_array(tg_argv[2], ','),
    array[case when tg_op <> 'INSERT' then to_jsonb(old) end], array[case when tg_op <> 'DELETE' then to_jsonb(new) end]);
  return null;
end
$$;

-- Puts all changes of a table under audit.
create function audit_table(subject regclass, entity text, keys text, hidden text) returns void
language plpgsql
as $$
begin
  execute format('create trigger audit_insert after insert on %s referencing new table as new_rows
    for each statement execute function audit_statement(%L, %L, %L)', subject, entity, keys, hidden);
  execute format('create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows
    for each statement execute function audit_statement(%L, %L, %L)', subject, entity, keys, hidden);
  execute format('create trigger audit_delete after delete on %s referencing old table as old_rows
    for each statement execute function audit_statement(%L, %L, %L)', subject, entity, keys, hidden);
end
$$;
revoke execute on function audit_table(regclass, text, text, text) from public;

select audit_table(t.subject, t.entity, t.keys, t.hidden)
from (values
  ('inventory_items', 'item', 'id', ''),
  ('item_units', 'item_unit', 'item_id,unit', ''),
  ('warehouses', 'warehouse', 'id', ''),
  ('suppliers', 'supplier', 'id', 'contact_name,email,phone,address'),
  ('supplier_items', 'supplier_item', 'id', ''),
  ('reorder_policies', 'reorder_policy', 'id', ''),
  ('purchase_orders', 'purchase_order', 'id', ''),
  ('purchase_order_lines', 'purchase_order_line', 'id', ''),
  ('report_schedules', 'report_schedule', 'id', ''),
  ('closed_periods', 'period', 'month', ''),
  ('users', 'user', 'id', 'email,name,password_hash')
) as t (subject, entity, keys, hidden);

-- machine clients come with a migration of their own, which may not be there yet
do $$
begin
  if to_regclass('service_clients') is not null then
    perform audit_table('service_clients', 'service_client', 'id', 'secret_hash');
  end if;
end
$$;

-- Of these only what a person decided counts; what the product itself writes to them all the time does not.
create trigger audit_insert after insert on sinks
  for each row execute function audit_row('sink', 'name', '');
create trigger audit_update after update of paused on sinks
  for each row when (old.paused is distinct from new.paused) execute function audit_row('sink', 'name', '');
create trigger audit_update after update of halted_at on lanes
  for each row when (old.halted_at is distinct from new.halted_at) execute function audit_row('lane', 'id', '');
create trigger audit_insert after insert on job_runs
  for each row when (new.trigger <> 'schedule') execute function audit_row('job_run', 'job,id', '');
create trigger audit_insert after insert on imports
  for each row execute function audit_row('import', 'id', 'sha256,mapping,checkpoint,detected');
create trigger audit_update after update of cancel_requested, mode on imports
  for each row when (old.cancel_requested is distinct from new.cancel_requested or old.mode is distinct from new.mode)
  execute function audit_row('import', 'id', 'sha256,mapping,checkpoint,detected,preview');

insert into audit_log (id, actor, action, entity_type, entity_id)
values (make_uuid7(), 'login:' || session_user, 'began', 'audit_trail', '');

revoke insert on audit_log from stockline_writer;
revoke execute on function audit_note(text, text, text, jsonb, jsonb) from public;
grant execute on function audit_note(text, text, text, jsonb, jsonb) to stockline_writer;
grant select on audit_chain, audit_head to stockline_writer, stockline_reader;
revoke select on audit_log from stockline_reader;
