-- Late entries by the month as well as by the day, so that a past moment of a level with years of history adds up twelve rows a year and
-- those of one month, not every day that ever was (0013).
set local lock_timeout = '5s';

-- What the late entries up to the level's last mark come to by the month (UTC; its first day) in which they occurred: sums of
-- late_days, kept by a trigger, so that whoever writes days, the release before this one too, keeps the months right.
create table late_months (
  item_id uuid not null,
  warehouse_id uuid not null,
  month date not null,
  on_hand numeric not null,
  reserved numeric not null,
  unavailable numeric not null,
  in_transit numeric not null,
  entries bigint not null,
  constraint late_months_pkey primary key (item_id, warehouse_id, month)
);

create function late_months_follow() returns trigger
language plpgsql
as $$
declare
  changed late_days := coalesce(new, old);
begin
  insert into late_months as t (item_id, warehouse_id, month, on_hand, reserved, unavailable, in_transit, entries)
  values (changed.item_id, changed.warehouse_id, date_trunc('month', changed.day)::date,
    coalesce(new.on_hand, 0) - coalesce(old.on_hand, 0), coalesce(new.reserved, 0) - coalesce(old.reserved, 0),
    coalesce(new.unavailable, 0) - coalesce(old.unavailable, 0), coalesce(new.in_transit, 0) - coalesce(old.in_transit, 0),
    coalesce(new.entries, 0) - coalesce(old.entries, 0))
  on conflict on constraint late_months_pkey do update
  set on_hand = t.on_hand + excluded.on_hand,
    reserved = t.reserved + excluded.reserved,
    unavailable = t.unavailable + excluded.unavailable,
    in_transit = t.in_transit + excluded.in_transit,
    entries = t.entries + excluded.entries;
  return null;
end
$$;
-- (making it locks out writers of late_days until the months below stand; the key of a day never changes)
create trigger late_months_follow after insert or update or delete on late_days
  for each row execute function late_months_follow();
create function late_months_clear() returns trigger
language plpgsql
as $$
begin
  truncate late_months;
  return null;
end
$$;
create trigger late_months_clear after truncate on late_days
  for each statement execute function late_months_clear();

insert into late_months (item_id, warehouse_id, month, on_hand, reserved, unavailable, in_transit, entries)
select item_id, warehouse_id, date_trunc('month', day)::date, sum(on_hand), sum(reserved), sum(unavailable), sum(in_transit),
  sum(entries)
from late_days
group by 1, 2, 3;

-- as 0013 has it, but for the sum of late entries before the day
create or replace function level_parts_as_of(item uuid, warehouse uuid, moment timestamptz)
returns table (on_hand numeric, reserved numeric, unavailable numeric, in_transit numeric, entries bigint, recorded_at timestamptz)
language plpgsql stable parallel safe
-- plans are made once; one that was made while a partition was empty must not scan it whole for ever after
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $$
declare
  near constant interval := '5 minutes';
  few constant bigint := 256; -- so many entries are rather read by their versions than searched
  neighbours constant bigint := 64; -- so far near ones are looked for without a search
  month_start timestamptz := date_trunc('month', moment at time zone 'UTC') at time zone 'UTC';
  month_end timestamptz := (date_trunc('month', moment at time zone 'UTC') + interval '1 month') at time zone 'UTC';
  day_start timestamptz := date_trunc('day', moment at time zone 'UTC') at time zone 'UTC';
  last bigint; -- the level's last version
  base bigint; -- the last version recorded by the moment
  base_at timestamptz;
  base_floor timestamptz := '-infinity'; -- it was recorded no earlier
  first_version bigint;
  first_at timestamptz;
  few_left boolean;
  more_below boolean;
  more_above boolean;
  near_from bigint;
  near_to bigint;
  marked bigint; -- late entries up to here are added up
  marked_at timestamptz;
begin
  select s.version into last from stock_levels s where s.item_id = item and s.warehouse_id = warehouse;
  if last is null or last = 0 then
    return;
  end if;

  -- base: in the month's partition, else the last one before it
  select m.version, m.recorded_at into first_version, first_at
  from stock_movements m
  where m.item_id = item and m.warehouse_id = warehouse and m.recorded_at >= month_start and m.recorded_at < month_end
  order by m.version
  limit 1;
  if first_at <= moment then
    base_floor := first_at;
    select m.version, m.recorded_at into base, base_at
    from stock_movements m
    where m.item_id = item and m.warehouse_id = warehouse and m.recorded_at >= month_start and m.recorded_at < month_end
    order by m.version desc
    limit 1;
    if base_at > moment then
      base := version_recorded_by(item, warehouse, moment, first_version, base - 1, first_at, base_at);
    end if;
  elsif first_version is not null then
    base := first_version - 1;
  else
    select m.version into base
    from stock_movements m
    where m.item_id = item and m.warehouse_id = warehouse and m.recorded_at < month_start
    order by m.version desc
    limit 1;
    base := coalesce(base, 0);
  end if;

  if base > 0 then
    select m.balance_after, m.reserved_after, m.unavailable_after, m.in_transit_after, m.version, m.recorded_at
    into strict on_hand, reserved, unavailable, in_transit, entries, recorded_at
    from stock_movements m
    where m.item_id = item and m.warehouse_id = warehouse and m.version = base and m.recorded_at <= moment
      and m.recorded_at >= base_floor;
    base_at := recorded_at;
    return next;
    -- ahead: recorded by the moment and occurred well after it
    return query
    select -m.quantity, -m.reserved_change, -m.unavailable_change, -m.in_transit_change, -1::bigint, null::timestamptz
    from stock_movements m
    where m.item_id = item and m.warehouse_id = warehouse and m.occurred_at > moment
      and m.occurred_at - m.recorded_at > interval '5 minutes' and m.recorded_at <= moment;
  end if;

  -- near: recorded and occurred on either side of the moment; first among the neighbours of base
  few_left := last - base <= few;
  select sum(n.sign * m.quantity), sum(n.sign * m.reserved_change), sum(n.sign * m.unavailable_change),
    sum(n.sign * m.in_transit_change), sum(n.sign)::bigint, null,
    coalesce(bool_or(m.version = base - neighbours), false), coalesce(bool_or(m.version = base + neighbours), false)
  into on_hand, reserved, unavailable, in_transit, entries, recorded_at, more_below, more_above
  from stock_movements m
  cross join lateral (
    select case
        when m.version > base and m.version < base + neighbours and not few_left and m.occurred_at <= moment
          and m.recorded_at - m.occurred_at <= near then 1
        when m.version <= base and m.version > base - neighbours and m.occurred_at > moment
          and m.occurred_at - m.recorded_at <= near then -1
        else 0
      end as sign
  ) n
  where m.item_id = item and m.warehouse_id = warehouse
    and m.version >= base - neighbours and m.version <= base + neighbours
    and m.recorded_at > moment - near and m.recorded_at <= moment + near;
  return next;
  if more_below then
    near_from := version_recorded_by(item, warehouse, moment - near, 0, base - neighbours, '-infinity', moment,
      array[base - 128, base - 256, base - 512, base - 1024, base - 4096, base - 16384, base - 65536]);
    return query
    select -m.quantity, -m.reserved_change, -m.unavailable_change, -m.in_transit_change, -1::bigint, null::timestamptz
    from stock_movements m
    where m.item_id = item and m.warehouse_id = warehouse and m.version > near_from and m.version <= base - neighbours
      and m.recorded_at > moment - near and m.recorded_at <= moment
      and m.occurred_at > moment and m.occurred_at - m.recorded_at <= near;
  end if;
  if more_above and not few_left then
    near_to := version_recorded_by(item, warehouse, moment + near, base + neighbours, last, moment, 'infinity',
      array[base + 128, base + 256, base + 512, base + 1024, base + 4096, base + 16384, base + 65536]);
    return query
    select m.quantity, m.reserved_change, m.unavailable_change, m.in_transit_change, 1::bigint, null::timestamptz
    from stock_movements m
    where m.item_id = item and m.warehouse_id = warehouse and m.version >= base + neighbours and m.version <= near_to
      and m.recorded_at > moment and m.recorded_at <= moment + near
      and m.occurred_at <= moment and m.recorded_at - m.occurred_at <= near;
  end if;

  -- late: occurred by the moment and recorded well after it; where few are left, the near ones with them
  if few_left then
    if last > base then
      return query
      select m.quantity, m.reserved_change, m.unavailable_change, m.in_transit_change, 1::bigint, null::timestamptz
      from stock_movements m
      where m.item_id = item and m.warehouse_id = warehouse and m.version > base and m.recorded_at > moment
        and m.occurred_at <= moment;
    end if;
    return;
  end if;
  select k.version, k.recorded_at into marked, marked_at
  from late_marks k
  where k.item_id = item and k.warehouse_id = warehouse and k.version > base
    and k.entries > 1000 -- fewer are quicker found by their index
  order by k.version desc
  limit 1;
  if marked is not null then
    -- up to the last mark: what had occurred, less what had been recorded
    return query
    select coalesce(sum(k.on_hand), 0), coalesce(sum(k.reserved), 0), coalesce(sum(k.unavailable), 0),
      coalesce(sum(k.in_transit), 0), coalesce(sum(k.entries), 0)::bigint, null::timestamptz
    from late_months k
    where k.item_id = item and k.warehouse_id = warehouse and k.month < (month_start at time zone 'UTC')::date;
    return query
    select coalesce(sum(k.on_hand), 0), coalesce(sum(k.reserved), 0), coalesce(sum(k.unavailable), 0),
      coalesce(sum(k.in_transit), 0), coalesce(sum(k.entries), 0)::bigint, null::timestamptz
    from late_days k
    where k.item_id = item and k.warehouse_id = warehouse and k.day >= (month_start at time zone 'UTC')::date
      and k.day < (moment at time zone 'UTC')::date;
    return query
    select m.quantity, m.reserved_change, m.unavailable_change, m.in_transit_change, 1::bigint, null::timestamptz
    from stock_movements m
    where m.item_id = item and m.warehouse_id = warehouse and m.occurred_at >= day_start and m.occurred_at <= moment
      and m.recorded_at - m.occurred_at > interval '5 minutes'
      and m.recorded_at > day_start and m.recorded_at <= marked_at and m.version + 0 <= marked; -- (+ 0: not by the primary key)
    if base > 0 then
      return query
      select -k.on_hand, -k.reserved, -k.unavailable, -k.in_transit, -k.entries, null::timestamptz
      from late_marks k
      where k.item_id = item and k.warehouse_id = warehouse and k.version = base / 256 * 256;
      return query
      select -m.quantity, -m.reserved_change, -m.unavailable_change, -m.in_transit_change, -1::bigint, null::timestamptz
      from stock_movements m
      where m.item_id = item and m.warehouse_id = warehouse and m.version > base / 256 * 256 and m.version <= base
        and m.recorded_at <= moment and m.recorded_at - m.occurred_at > near;
    end if;
  end if;
  -- past the last mark, or all where the moment lies past it
  if last - coalesce(marked, base) <= few then
    return query
    select m.quantity, m.reserved_change, m.unavailable_change, m.in_transit_change, 1::bigint, null::timestamptz
    from stock_movements m
    where m.item_id = item and m.warehouse_id = warehouse and m.version > marked and m.recorded_at >= marked_at
      and m.occurred_at <= moment and m.recorded_at - m.occurred_at > near;
    return;
  end if;
  return query
  select m.quantity, m.reserved_change, m.unavailable_change, m.in_transit_change, 1::bigint, null::timestamptz
  from stock_movements m
  where m.item_id = item and m.warehouse_id = warehouse and m.occurred_at <= moment
    and m.recorded_at - m.occurred_at > interval '5 minutes'
    and m.version + 0 > coalesce(marked, base) and m.recorded_at >= coalesce(marked_at, moment);
end
$$;

grant select on late_months to stockline_writer, stockline_reader;
grant insert, update on late_months to stockline_writer;
