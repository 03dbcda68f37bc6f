-- Log levels that somebody has set while the processes run; each process looks here every few seconds (pipelines/logLevels). A row
-- that has run out no longer counts: nobody's debugging goes on for ever.
set local lock_timeout = '5s';

create table log_levels (
  process text not null,
  level text not null,
  until timestamptz not null,
  set_by text not null,
  set_at timestamptz not null default now(),
  constraint log_levels_pkey primary key (process),
  constraint log_levels_process_known check (process in ('api', 'workers', 'jobs')),
  constraint log_levels_level_known check (level in ('trace', 'debug', 'info', 'warn', 'error', 'fatal'))
);
select audit_table('log_levels', 'log_level', 'process', '');
grant select, insert, update, delete on log_levels to stockline_writer;
grant select on log_levels to stockline_reader;
