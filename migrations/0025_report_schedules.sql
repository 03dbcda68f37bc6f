-- Report schedules with what they were lacking, and reports that a schedule asked for: which slot, where to, told to whom.
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation
set local lock_timeout = '5s';

alter table report_schedules
  add column name text not null default '',
  -- what becomes of slots at which no scheduler ran: all are made up for, the latest, or none
  add column catch_up text not null default 'all',
  -- the period that a report tells of, counted back from its slot in the schedule's time zone; null: as the parameters say
  add column period text,
  -- 'day': a partition for each closed day (UTC) since first_day, written once
  add column incremental text,
  add column first_day date,
  -- where files lie: prefix, and the webhook's URL
  add column prefix text not null default 'reports/',
  add column webhook_url text,
  -- codes of the warehouses that its maker is limited to; null means all
  add column warehouses text[],
  -- up to when it was seen to
  add column seen_until timestamptz not null default now(),
  add constraint report_schedules_catch_up_known check (catch_up in ('all', 'latest', 'none')) not valid,
  add constraint report_schedules_period_known check (period in ('previous_day', 'previous_week', 'previous_month')) not valid,
  add constraint report_schedules_incremental_known check (incremental = 'day') not valid;
alter table report_schedules validate constraint report_schedules_catch_up_known;
alter table report_schedules validate constraint report_schedules_period_known;
alter table report_schedules validate constraint report_schedules_incremental_known;

alter table reports
  add column schedule_id uuid,
  -- the tick of the schedule, or the beginning of the day that it is the partition of
  add column slot timestamptz,
  add column partition_day date,
  add column prefix text not null default 'reports/',
  add column webhook_url text,
  -- null: nobody is to be told
  add column delivery_status text,
  add column delivery_attempts integer not null default 0,
  add column delivery_due timestamptz,
  add column delivery_error text,
  add constraint reports_delivery_known check (delivery_status in ('pending', 'delivered', 'failed')) not valid;
alter table reports validate constraint reports_delivery_known;
-- each slot of a schedule is asked for once, each day written once
create unique index reports_slot_unique on reports (schedule_id, slot) where schedule_id is not null;
create index reports_undelivered on reports (delivery_due) where delivery_status = 'pending';
