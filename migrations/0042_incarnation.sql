-- Notices by itself that this database is not where its log was written: after a restore, a promoted standby, or a dump that was
-- loaded elsewhere, positions of the log may be drawn a second time for other events (reliability.md P9). From then on events carry
-- another incarnation, so that whoever keys on (incarnation, lane, position) can't mistake one for the other.
set local lock_timeout = '5s';

create table database_incarnation (
  only_row boolean not null default true,
  incarnation integer not null,
  -- of the cluster, and of its write-ahead log: a promotion or a recovery to a point in time begins a new one
  system_identifier bigint not null,
  timeline integer not null,
  began_at timestamptz not null default clock_timestamp(),
  -- whether the event log tells of it
  is_told boolean not null,
  constraint database_incarnation_pkey primary key (only_row),
  constraint database_incarnation_single check (only_row)
);

-- The control file still names the old timeline for a while after a promotion; the log's own file names do not.
create function current_timeline() returns integer
language sql volatile
as $$
  select ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer
$$;

insert into database_incarnation (incarnation, system_identifier, timeline, is_told)
select 1, system_identifier, current_timeline(), true
from pg_control_system();

-- Called by every connection that may write, before its first statement. Answers the incarnation that holds.
-- The new number is the minute of the clock, so that two restores of one backup do not draw the same one.
-- security definer: the working role may not change the table's default, only ask for this.
create function notice_restore() returns integer
language plpgsql security definer set search_path = public, pg_temp
as $$
declare
  known database_incarnation;
  here_system bigint := (select system_identifier from pg_control_system());
  here_timeline integer;
  upcoming integer;
begin
  if pg_is_in_recovery() then
    return null;
  end if;
  here_timeline := current_timeline();
  select * into known from database_incarnation;
  if known.system_identifier = here_system and known.timeline = here_timeline then
    return known.incarnation;
  end if;
  select * into known from database_incarnation for update;
  if known.system_identifier = here_system and known.timeline = here_timeline then
    return known.incarnation;
  end if;
  upcoming := greatest(known.incarnation + 1, floor(extract(epoch from clock_timestamp()) / 60)::integer);
  execute format('alter table events alter column incarnation set default %s', upcoming);
  update database_incarnation
  set incarnation = upcoming,
    system_identifier = here_system,
    timeline = here_timeline,
    began_at = clock_timestamp(),
    is_told = false;
  return upcoming;
end
$$;

grant select on database_incarnation to stockline_writer, stockline_reader;
grant update (is_told) on database_incarnation to stockline_writer;
revoke execute on function notice_restore() from public;
grant execute on function notice_restore() to stockline_writer;
