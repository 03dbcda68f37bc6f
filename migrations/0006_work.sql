-- Durable work: imports with their staged rows, reports, and every run of every scheduled job.
-- BullMQ carries pointers to these rows; a lease that ran out means its worker died, and a sweep hands the row on.
set local lock_timeout = '5s';

create table imports (
  id uuid not null,
  kind text not null,
  mode text not null default 'commit',
  on_error text not null default 'skip',
  format text not null,
  file_name text not null,
  file_key text not null,
  sha256 bytea not null,
  forced boolean not null default false,
  mapping jsonb not null default '{}',
  status text not null default 'uploaded',
  rows_total bigint not null default 0,
  rows_read bigint not null default 0,
  rows_valid bigint not null default 0,
  rows_invalid bigint not null default 0,
  rows_applied bigint not null default 0,
  rows_rejected bigint not null default 0,
  rows_skipped bigint not null default 0,
  bytes_read bigint not null default 0,
  bytes_total bigint not null default 0,
  -- what was detected (encoding, delimiter, header, sheet) and where reading or applying stands
  detected jsonb not null default '{}',
  checkpoint jsonb not null default '{}',
  error_code text,
  error_detail text,
  -- what a dry run says would happen
  preview jsonb,
  -- set while applying; the worker stops feeding, waits for what is in the inbox and closes the books
  cancel_requested boolean not null default false,
  created_by text not null,
  -- codes of the warehouses that the sender is limited to; null means all
  warehouses text[],
  -- claims since the last progress
  attempts integer not null default 0,
  lease_owner text,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint imports_pkey primary key (id),
  constraint imports_kind_known check (kind in (
    'items', 'suppliers', 'warehouses', 'supplier_items', 'reorder_policies', 'movements', 'counts', 'purchase_orders')),
  constraint imports_mode_known check (mode in ('dry_run', 'commit')),
  constraint imports_on_error_known check (on_error in ('skip', 'abort')),
  constraint imports_format_known check (format in ('csv', 'csv.gz', 'xlsx')),
  constraint imports_status_known check (status in (
    'uploaded', 'reading', 'checking', 'applying', 'completed', 'completed_with_errors', 'failed', 'cancelled'))
);
-- the same content sent twice is recognised, unless forced or the first one came to nothing
create unique index imports_content_unique on imports (kind, sha256)
  where mode = 'commit' and not forced and status not in ('failed', 'cancelled')
    and not (status = 'completed_with_errors' and rows_applied = 0 and rows_skipped = 0);
create index imports_open on imports (created_at)
  where status in ('uploaded', 'reading', 'checking', 'applying');

create table import_rows (
  import_id uuid not null,
  row_number bigint not null,
  -- the cells as they stood in the file, and the checked fields by our own names
  cells jsonb not null,
  fields jsonb,
  state text not null default 'staged',
  error_column text,
  error_code text,
  error_detail text,
  error_value text,
  constraint import_rows_pkey primary key (import_id, row_number),
  constraint import_rows_import_exists foreign key (import_id) references imports (id),
  constraint import_rows_state_known check (state in ('staged', 'invalid', 'queued', 'applied', 'rejected', 'skipped'))
);
create index import_rows_faults on import_rows (import_id, row_number) where error_code is not null;

create table reports (
  id uuid not null,
  report text not null,
  format text not null,
  parameters jsonb not null default '{}',
  status text not null default 'queued',
  rows bigint,
  bytes bigint,
  objects jsonb not null default '[]',
  as_of timestamptz,
  error_code text,
  error_detail text,
  requested_by text not null,
  warehouses text[],
  lease_owner text,
  lease_until timestamptz,
  attempts integer not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint reports_pkey primary key (id),
  constraint reports_status_known check (status in ('queued', 'running', 'completed', 'failed'))
);
create index reports_open on reports (created_at) where status in ('queued', 'running');

create table report_schedules (
  id uuid not null,
  report text not null,
  format text not null,
  parameters jsonb not null default '{}',
  cron text not null,
  time_zone text not null default 'UTC',
  status text not null default 'active',
  created_by text not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint report_schedules_pkey primary key (id),
  constraint report_schedules_status_known check (status in ('active', 'paused', 'archived'))
);

create table job_runs (
  id uuid not null,
  job text not null,
  -- the tick that this run answers; null when somebody asked for it
  slot timestamptz,
  trigger text not null,
  requested_by text not null,
  status text not null default 'queued',
  rows bigint,
  outcome jsonb,
  error text,
  attempts integer not null default 0,
  lease_owner text,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  constraint job_runs_pkey primary key (id),
  constraint job_runs_slot_unique unique (job, slot),
  constraint job_runs_trigger_known check (trigger in ('schedule', 'api', 'cli')),
  constraint job_runs_status_known check (status in ('queued', 'running', 'completed', 'failed', 'skipped'))
);
-- overlapping runs of one job are impossible, whatever the queue does
create unique index job_runs_one_running on job_runs (job) where status = 'running';
create index job_runs_recent on job_runs (job, created_at desc);
create index job_runs_open on job_runs (created_at) where status in ('queued', 'running');
