-- What reads of stock stand on: levels without what lapsed reservations hold, and levels at any past moment at a bounded cost.
-- squawk-ignore-file require-concurrent-index-creation
-- (workers stand still while migrations run, so the short locks of this file block nobody)
set local lock_timeout = '5s';

-- Levels as they count at this moment. A reservation binds stock until it lapses (expires_at), not until its release is
-- written: "reserved" leaves out what has lapsed, so that available = on_hand - reserved - unavailable at every moment.
-- next_lapse: when "reserved" falls next by the clock alone. next_expiry spares the look-up for levels where nothing lapses.
create view current_levels as
select l.item_id,
  l.warehouse_id,
  l.lane,
  l.on_hand,
  l.reserved - l.lapsed as reserved,
  l.unavailable,
  l.on_hand - (l.reserved - l.lapsed) - l.unavailable as available,
  l.in_transit,
  l.average_cost,
  l.version,
  l.updated_at,
  case
    when l.next_expiry <= now() then (
      select min(r.expires_at)
      from reservations r
      where r.item_id = l.item_id
        and r.warehouse_id = l.warehouse_id
        and r.open_quantity > 0
        and r.expires_at > now())
    else l.next_expiry
  end as next_lapse
from (
  select s.item_id, s.warehouse_id, s.lane, s.on_hand, s.reserved, s.unavailable, s.in_transit, s.average_cost, s.version,
    s.updated_at, s.next_expiry,
    case
      when s.next_expiry <= now() then (
        select coalesce(sum(r.open_quantity), 0)
        from reservations r
        where r.item_id = s.item_id
          and r.warehouse_id = s.warehouse_id
          and r.open_quantity > 0
          and r.expires_at <= now())
      else 0
    end as lapsed
  from stock_levels s
) l;

-- The same for the lots of a level: reservations that name a lot.
create view current_lot_balances as
select b.lot_id,
  b.warehouse_id,
  b.item_id,
  b.on_hand,
  b.reserved - b.lapsed as reserved,
  b.unavailable,
  b.on_hand - (b.reserved - b.lapsed) - b.unavailable as available,
  b.in_transit,
  b.updated_at
from (
  select t.lot_id, t.warehouse_id, t.item_id, t.on_hand, t.reserved, t.unavailable, t.in_transit, t.updated_at,
    case
      when t.reserved > 0 then (
        select coalesce(sum(r.open_quantity), 0)
        from reservations r
        where r.item_id = t.item_id
          and r.warehouse_id = t.warehouse_id
          and r.lot_id = t.lot_id
          and r.open_quantity > 0
          and r.expires_at <= now())
      else 0
    end as lapsed
  from lot_balances t
) b;

-- Position of every level or policy pair, as 0005 has it, on levels as they count at this moment.
create or replace view stock_positions as
with on_order as (
  select l.item_id,
    o.warehouse_id,
    sum(greatest(l.quantity - l.received_quantity, 0)) filter (where o.status <> 'draft') as on_order,
    sum(greatest(l.quantity - l.received_quantity, 0)) filter (where o.status = 'draft') as drafted
  from purchase_orders o
  join purchase_order_lines l on l.purchase_order_id = o.id
  where o.status in ('draft', 'approved', 'sent', 'partially_received')
  group by l.item_id, o.warehouse_id
),
pending as (
  select i.item_id, i.warehouse_id, sum(i.quantity) as receipts_pending
  from lanes n
  join movement_inbox i on i.lane = n.id and i.seq > n.low_water
  where i.source = 'purchase_order'
    and not exists (select from movement_outcomes o where o.id = i.id)
  group by i.item_id, i.warehouse_id
),
-- a pair once each, by anti-joins: a union would sort every level of the database
pairs as (
  select item_id, warehouse_id, on_hand, reserved, unavailable, in_transit
  from current_levels
  union all
  select r.item_id, r.warehouse_id, 0, 0, 0, 0
  from reorder_policies r
  where not exists (select from stock_levels s where s.item_id = r.item_id and s.warehouse_id = r.warehouse_id)
  union all
  select o.item_id, o.warehouse_id, 0, 0, 0, 0
  from on_order o
  where not exists (select from stock_levels s where s.item_id = o.item_id and s.warehouse_id = o.warehouse_id)
    and not exists (select from reorder_policies r where r.item_id = o.item_id and r.warehouse_id = o.warehouse_id)
)
select k.item_id,
  k.warehouse_id,
  k.on_hand,
  k.reserved,
  k.unavailable,
  k.on_hand - k.reserved - k.unavailable as available,
  k.in_transit,
  coalesce(o.on_order, 0) as on_order,
  coalesce(o.drafted, 0) as drafted,
  coalesce(p.receipts_pending, 0) as receipts_pending,
  k.on_hand - k.reserved + k.in_transit
    + coalesce(o.on_order, 0) + coalesce(p.receipts_pending, 0) as position
from pairs k
left join on_order o on o.item_id = k.item_id and o.warehouse_id = k.warehouse_id
left join pending p on p.item_id = k.item_id and p.warehouse_id = k.warehouse_id;

-- v_low_stock_items stands on stock_positions and needs no change; this one read the levels themselves.
drop materialized view v_current_inventory;
create materialized view v_current_inventory as
select s.item_id,
  s.warehouse_id,
  i.sku,
  i.name,
  i.category,
  i.unit,
  w.code as warehouse,
  s.on_hand,
  s.reserved,
  s.unavailable,
  s.available,
  s.in_transit,
  s.average_cost,
  round(s.on_hand * s.average_cost, 4) as stock_value,
  i.currency,
  s.version,
  s.updated_at
from current_levels s
join inventory_items i on i.id = s.item_id
join warehouses w on w.id = s.warehouse_id;
create unique index v_current_inventory_key on v_current_inventory (item_id, warehouse_id);
create index v_current_inventory_sku on v_current_inventory (sku, warehouse);
update view_refreshes set refreshed_at = now() where view_name = 'v_current_inventory';

-- Reads of reservations and transfers, newest first, and of lots by day of expiry.
create index reservations_level on reservations (item_id, warehouse_id, id);
create index reservations_open_id on reservations (id) where open_quantity > 0;
create index transits_open_id on transits (movement_id, line) where open_quantity > 0;
create index lots_by_expiry on lots (coalesce(expires_on, 'infinity'::date), id);

-- The past. An entry counts from the moment it occurred. recorded_at never runs backwards over a level's versions, so the
-- running balances of the last version recorded by a moment are nearly the answer; what is wrong with them is
-- - entries recorded within 5 minutes of the moment (near): found by their versions;
-- - entries recorded later that had occurred before (late): found by the index stock_movements_late;
-- - entries recorded before that occurred after (ahead; a clock that is fast): found by this index, nearly always empty.
create index stock_movements_ahead on stock_movements (item_id, warehouse_id, occurred_at)
  where occurred_at - recorded_at > interval '5 minutes';

-- Late entries added up, so that a history that was imported in one go need not be added up at every question. They only
-- shorten the way: entries past a level's last mark are read one by one. Written by pipelines/stock/digestLateEntries.ts.
-- late_marks: what the late entries up to a version (a multiple of 256) come to.
create table late_marks (
  item_id uuid not null,
  warehouse_id uuid not null,
  version bigint not null,
  recorded_at timestamptz not null,
  on_hand numeric not null,
  reserved numeric not null,
  unavailable numeric not null,
  in_transit numeric not null,
  entries bigint not null,
  constraint late_marks_pkey primary key (item_id, warehouse_id, version)
);
-- late_days: what the late entries up to the level's last mark come to by the day (UTC) on which they occurred.
create table late_days (
  item_id uuid not null,
  warehouse_id uuid not null,
  day date not null,
  on_hand numeric not null,
  reserved numeric not null,
  unavailable numeric not null,
  in_transit numeric not null,
  entries bigint not null,
  constraint late_days_pkey primary key (item_id, warehouse_id, day)
);

-- The last version recorded by the moment, of those from low (recorded by then, at low_at) to high (the next one was recorded
-- after it, at high_at). Sixteen probes of the primary key a round: three rounds among 4,000 entries, five among a million.
-- "hints": versions to be probed first, where the answer is likely to be near.
create function version_recorded_by(
  item uuid, warehouse uuid, moment timestamptz,
  low bigint, high bigint, low_at timestamptz, high_at timestamptz, hints bigint[] default null
) returns bigint
language plpgsql stable parallel safe
as $$
declare
  probes bigint[] := hints;
  step bigint;
  found_by bigint;
  found_after bigint;
begin
  while low < high loop
    if probes is null then
      step := (high - low + 15) / 16;
      probes := array[low + step, low + 2 * step, low + 3 * step, low + 4 * step, low + 5 * step, low + 6 * step,
        low + 7 * step, low + 8 * step, low + 9 * step, low + 10 * step, low + 11 * step, low + 12 * step, low + 13 * step,
        low + 14 * step, low + 15 * step, high];
    end if;
    select max(m.version) filter (where m.recorded_at <= moment), min(m.version) filter (where m.recorded_at > moment)
    into found_by, found_after
    from stock_movements m
    where m.item_id = item and m.warehouse_id = warehouse and m.version = any(probes)
      and m.version > low and m.version <= high
      and m.recorded_at >= low_at and m.recorded_at <= high_at; -- leaves out partitions
    if found_by is null and found_after is null and hints is null then
      raise exception 'the ledger of item % at warehouse % lacks versions between % and %', item, warehouse, low, high;
    end if;
    low := coalesce(found_by, low);
    high := coalesce(found_after - 1, high);
    probes := null;
    hints := null;
  end loop;
  return low;
end
$$;

-- What the entries of a level that had occurred by the moment come to, in parts to be summed up (stock_level_as_of does):
-- exact, at the cost of some probes, the entries of ten minutes, the late entries of a day and those past the last mark.
create function level_parts_as_of(item uuid, warehouse uuid, moment timestamptz)
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
    from late_days k
    where k.item_id = item and k.warehouse_id = warehouse and k.day < (moment at time zone 'UTC')::date;
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

-- A level at a past moment: one row, zeros where nothing had occurred. recorded_at: of the last entry recorded by the moment.
create function stock_level_as_of(item uuid, warehouse uuid, moment timestamptz)
returns table (on_hand numeric, reserved numeric, unavailable numeric, in_transit numeric, entries bigint, recorded_at timestamptz)
language sql stable parallel safe
as $$
  select coalesce(sum(p.on_hand), 0), coalesce(sum(p.reserved), 0), coalesce(sum(p.unavailable), 0),
    coalesce(sum(p.in_transit), 0), coalesce(sum(p.entries), 0)::bigint, max(p.recorded_at)
  from level_parts_as_of(item, warehouse, moment) p
$$;

grant select on current_levels, current_lot_balances, v_current_inventory, late_marks, late_days
  to stockline_writer, stockline_reader;
grant insert on late_marks, late_days to stockline_writer;
grant update on late_days to stockline_writer;
