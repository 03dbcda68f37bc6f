-- What a bulk change of the catalogue pays for each row beside the row itself. The audit of a statement put each row together as jsonb,
-- took the dull columns out of it and copied it into the entry; now it is written as text, of the telling columns only, and read as jsonb
-- once an entry. And what SKUs have in common with those that look like them is the same as before, but found without regular
-- expressions where a SKU is plain ASCII: three of five of a new item's indexes lean on it. No stored value changes.
set local lock_timeout = '5s';

-- Appends the changes of one statement, paired by place: the entity's key, and what was and is in its changed columns, as texts of JSON
-- objects (null on one side: created or deleted). Up to 20 get an entry each, more of them share entries of 500, so that an import of
-- millions does not write millions of entries.
create function audit_append_changes(entity text, keys text[], befores text[], afters text[]) returns void
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
    acting ->> 'request_id', acting ->> 'address', acting ->> 'via', e.before::jsonb, e.after::jsonb
  from (
    select c.nth, c.action, c.key, null::text[] as keys, c.before, c.after
    from change c
    where changes <= 20
    union all
    select min(c.nth), c.action, '', array_agg(c.key order by c.nth),
      '{' || string_agg(to_json(c.key) || ':' || c.before, ',' order by c.nth) || '}',
      '{' || string_agg(to_json(c.key) || ':' || c.after, ',' order by c.nth) || '}'
    from (select *, row_number() over (partition by action order by nth) as place from change) c
    where changes > 20
    group by c.action, (c.place - 1) / 500
  ) e
  order by e.nth;
end
$$;
revoke execute on function audit_append_changes(text, text[], text[], text[]) from public;

-- Arguments as before: the entity's name, its key columns, and the columns that are never shown.
create or replace function audit_statement() returns trigger
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  keys text[] := string_to_array(tg_argv[1], ',');
  hidden text[] := string_to_array(tg_argv[2], ',');
  sides text[] := case tg_op when 'INSERT' then array['n'] when 'DELETE' then array['o'] else array['o', 'n'] end;
  shown text[]; -- by side: an expression for the row's telling columns as the text of a JSON object, null where there is no row
  key text;
  source text;
  changed_keys text[];
  befores text[];
  afters text[];
begin
  -- a column tells something where it changed, or is not null in a row that came or went
  select array_agg(s.expression order by s.nth)
  into strict shown
  from (
    select side.nth, format('case when %s.%I is not null then ''{'' || concat_ws('','', %s) || ''}'' end', side.name, keys[1],
      string_agg(format(
        case
          when tg_op = 'UPDATE' then 'case when o.%2$I is distinct from n.%2$I then %3$L || coalesce(%4$s, ''null'') end'
          else '%3$L || %4$s'
        end,
        side.name, a.attname, to_json(a.attname::text) || ':',
        format(
          case when a.attname = any(hidden) then 'case when %s.%I is not null then ''"[hidden]"'' end' else 'to_json(%s.%I)::text' end,
          side.name, a.attname)), ', ' order by a.attnum)) as expression
    from unnest(array['o', 'n']) with ordinality as side (name, nth)
    join pg_attribute a on a.attrelid = tg_relid and a.attnum > 0 and not a.attisdropped and a.attname <> all(audit_silent())
    group by side.nth, side.name
  ) s;
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
    'select array_agg(c.key), array_agg(c.before), array_agg(c.after)
     from (select %s as key, %s as before, %s as after from %s offset 0) c
     where c.before is null or c.after is null or c.before <> ''{}''',
    key,
    case when 'o' = any(sides) then shown[1] else 'null::text' end,
    case when 'n' = any(sides) then shown[2] else 'null::text' end,
    source)
  into changed_keys, befores, afters;
  if changed_keys is not null then
    perform audit_append_changes(tg_argv[0], changed_keys, befores, afters);
  end if;
  return null;
end
$$;

drop function audit_masked(jsonb, text[]);

-- The same for triggers that look at rows, which have their changes as jsonb.
create or replace function audit_append_changes(entity text, keys text[], befores jsonb[], afters jsonb[]) returns void
language sql security definer set search_path = public, pg_temp
as $$ select audit_append_changes(entity, keys, befores::text[], afters::text[]) $$;

create or replace function sku_skeleton(sku text) returns text
language sql immutable parallel safe
return case
  -- ASCII without white space: nothing in it looks like anything else
  when octet_length(sku) = length(sku) and translate(sku, e' \t\n\v\f\r', '') = sku then lower(sku)
  else lower(btrim(regexp_replace(translate(normalize(sku, nfkc),
    'АВЕКМНОРСТУХІЈЅԚԜҮӀЗаеорсухіјѕԛԝһкΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορκυχ',
    'ABEKMHOPCTYXIJSQWYI3aeopcyxijsqwhkABEZHIKMNOPTYXaivopkux'), '\s+', ' ', 'g')))
end;

create or replace function plain_code(code text) returns text
language sql immutable parallel safe
return case
  when octet_length(code) = length(code) then translate(lower(code), e' \t\n\v\f\r_./\\#-', '')
  else regexp_replace(lower(normalize(code, nfkc)), '[\s_./\\#-]+', '', 'g')
end;
