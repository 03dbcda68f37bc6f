-- What became free of a reservation by an entry that is dated after it had lapsed: a release that somebody posted before the
-- system's was written, the system's own where a month had begun meanwhile, an issue of a clock that is ahead. From the lapse on
-- the reservation held nothing, the ledger lets go of it only then; a level at a moment between the two (as_of) takes it off.
-- Written with the ledger entry, by its lane; as a rule there is none.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

create table late_releases (
  movement_id uuid not null,
  item_id uuid not null,
  warehouse_id uuid not null,
  quantity numeric(18, 4) not null,
  -- when the reservation lapsed, and when the entry says that it was let go of
  lapsed_at timestamptz not null,
  occurred_at timestamptz not null,
  -- a moment's are those of the level that occurred after it
  constraint late_releases_pkey primary key (item_id, warehouse_id, occurred_at, movement_id),
  constraint late_releases_quantity_range check (quantity > 0),
  constraint late_releases_is_late check (occurred_at > lapsed_at)
);

-- the ledgers of before; where no reservation has a time, the ledger is not read
insert into late_releases (movement_id, item_id, warehouse_id, quantity, lapsed_at, occurred_at)
select m.movement_id, m.item_id, m.warehouse_id, -sum(m.reserved_change), r.expires_at, m.occurred_at
from reservations r
join stock_movements m on m.target_id = r.id
where r.expires_at is not null
  and m.type in ('release', 'issue')
  and m.occurred_at > r.expires_at
  and m.reserved_change < 0
group by m.movement_id, m.item_id, m.warehouse_id, r.expires_at, m.occurred_at;

grant select on late_releases to stockline_writer, stockline_reader;
grant insert on late_releases to stockline_writer;
