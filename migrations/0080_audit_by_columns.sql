-- The audit of a statement of thousands of rows took three quarters of an import's time for items: it looked at each member of each
-- row's JSON. Now the columns themselves are compared, by an expression made from the table, and a row's JSON is only relieved of
-- what says nothing. What an entry says stays as it was.
set local lock_timeout = '5s';

-- Columns that never make an entry: they follow from others, or the product writes them all the time.
create function audit_silent() returns text[]
language sql immutable parallel safe set search_path = public, pg_temp
as $$
  select array['created_at', 'updated_at', 'last_signed_in_at', 'sku_folded', 'reorder_at', 'lane', 'explanation',
    'email_index', 'phone_index', 'lease_owner', 'lease_until']
$$;

-- Appends the changes of one statement, paired by place: the entity's key, and what was and is in its changed columns (null on one
-- side: created or deleted). Up to 20 get an entry each, more of them share entries of 500, so that an import of millions does not
-- write millions of entries.
create function audit_append_changes(entity text, keys text[], befores jsonb[], afters jsonb[]) returns void
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  acting jsonb := audit_acting();
  changes int := coalesce(cardinality(keys), 0);
begin
  with change as materialized (
    select c.nth, c.key, c.before, c.after,
      case when c.before is null then 'created' when c.after is null then 'deleted' else 'updated' end as action
    from unnest(keys, befores, afters) with ordinality as c (key, before, after, nth)
  )
  insert into audit_log (id, at, actor, action, entity_type, entity_id, entity_ids, request_id, address, via, before, after)
  select make_uuid7(), clock_timestamp(), acting ->> 'actor', e.action, entity, e.key, e.keys,
    acting ->> 'request_id', acting ->> 'address', acting ->> 'via', e.before, e.after
  from (
    select c.nth, c.action, c.key, null::text[] as keys, c.before, c.after
    from change c
    where changes <= 20
    union all
    select min(c.nth), c.action, '', array_agg(c.key order by c.nth),
      jsonb_object_agg(c.key, c.before) filter (where c.before is not null),
      jsonb_object_agg(c.key, c.after) filter (where c.after is not null)
    from (select *, row_number() over (partition by action order by nth) as place from change) c
    where changes > 20
    group by c.action, (c.place - 1) / 500
  ) e
  order by e.nth;
end
$$;
revoke execute on function audit_append_changes(text, text[], jsonb[], jsonb[]) from public;

-- What a row shows of columns that nobody may read: that they are there.
create function audit_masked(shown jsonb, hidden text[]) returns jsonb
language sql immutable parallel safe set search_path = public, pg_temp
as $$
  select shown || coalesce((
    select jsonb_object_agg(h.name, '[hidden]')
    from unnest(hidden) as h (name)
    where nullif(shown -> h.name, 'null'::jsonb) is not null
  ), '{}')
$$;

-- Arguments as before: the entity's name, its key columns, and the columns that are never shown.
create or replace function audit_statement() returns trigger
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  keys text[] := string_to_array(tg_argv[1], ',');
  hidden text[] := string_to_array(tg_argv[2], ',');
  sides text[] := case tg_op when 'INSERT' then array['n'] when 'DELETE' then array['o'] else array['o', 'n'] end;
  dull text; -- an array of the names of the columns that say nothing: not changed, or null in a row that came or went
  key text;
  source text;
  changed_keys text[];
  befores jsonb[];
  afters jsonb[];
begin
  select format('array[%s]', string_agg(format(
      case when tg_op = 'UPDATE' then 'case when o.%1$I is not distinct from n.%1$I then %1$L end'
        else 'case when ' || sides[1] || '.%1$I is null then %1$L end' end, a.attname), ', '))
  into strict dull
  from pg_attribute a
  where a.attrelid = tg_relid and a.attnum > 0 and not a.attisdropped and a.attname <> all(audit_silent());
  select string_agg(format(case when tg_op = 'UPDATE' then 'coalesce(n.%1$I, o.%1$I)' else sides[1] || '.%1$I' end || '::text', k.name),
      ' || ''/'' || ' order by k.nth)
  into strict key
  from unnest(keys) with ordinality as k (name, nth);
  if tg_op = 'UPDATE' then
    select 'old_rows o full join new_rows n on ' || string_agg(format('n.%1$I = o.%1$I', k.name), ' and ')
    into strict source
    from unnest(keys) as k (name);
  else
    source := case tg_op when 'INSERT' then 'new_rows n' else 'old_rows o' end;
  end if;
  execute format(
    'select array_agg(c.key), array_agg(%s), array_agg(%s)
     from (
       select s.key, s.before - s.dull as before, s.after - s.dull as after
       from (select %s as key, %s as before, %s as after, %s || $1 as dull from %s offset 0) s
     ) c
     where c.before is distinct from c.after',
    case when hidden = '{}' then 'c.before' else 'audit_masked(c.before, $2)' end,
    case when hidden = '{}' then 'c.after' else 'audit_masked(c.after, $2)' end,
    key,
    case when 'o' = any(sides) then 'to_jsonb(o)' else 'null::jsonb' end,
    case when 'n' = any(sides) then 'to_jsonb(n)' else 'null::jsonb' end,
    dull, source)
  into changed_keys, befores, afters
  using audit_silent(), hidden;
  if changed_keys is not null then
    perform audit_append_changes(tg_argv[0], changed_keys, befores, afters);
  end if;
  return null;
end
$$;

-- One row's change, for triggers that look at rows.
create or replace function audit_append(entity text, keys text[], hidden text[], olds jsonb[], news jsonb[]) returns void
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  changed_keys text[];
  befores jsonb[];
  afters jsonb[];
begin
  select array_agg(c.key order by c.nth), array_agg(c.before order by c.nth), array_agg(c.after order by c.nth)
  into changed_keys, befores, afters
  from (
    select p.nth, d.before, d.after, (
        select string_agg(coalesce(p.n, p.o) ->> k.name, '/' order by k.nth)
        from unnest(keys) with ordinality as k (name, nth)
      ) as key
    from unnest(olds, news) with ordinality as p (o, n, nth)
    cross join lateral (
      select
        case when p.o is not null then jsonb_object_agg(f.name, audit_shown(f.name, p.o -> f.name, hidden)) end as before,
        case when p.n is not null then jsonb_object_agg(f.name, audit_shown(f.name, p.n -> f.name, hidden)) end as after,
        count(*) as fields
      from jsonb_object_keys(coalesce(p.n, p.o)) as f (name)
      where nullif(p.o -> f.name, 'null'::jsonb) is distinct from nullif(p.n -> f.name, 'null'::jsonb)
        and f.name <> all(audit_silent())
    ) d
    where d.fields > 0
  ) c;
  if changed_keys is not null then
    perform audit_append_changes(entity, changed_keys, befores, afters);
  end if;
end
$$;
