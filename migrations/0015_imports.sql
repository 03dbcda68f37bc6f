-- Imports whose file a worker fetches (from the bucket, or sent straight to it), rows whose reading waits for their whole
-- column, what a dry run foresaw for each row, and summaries that outlive the rows.
-- squawk-ignore-file ban-drop-not-null, constraint-missing-not-valid, require-concurrent-index-creation
set local lock_timeout = '5s';

alter table imports
  -- null until the file is fetched: its hash, and what it is
  alter column sha256 drop not null,
  alter column format drop not null,
  -- the object of the bucket that the file is fetched from, as it was when the import was accepted
  add column source_key text,
  add column source_etag text,
  -- hash that the sender gave; a fetched file with another one is refused
  add column expected_sha256 bytea,
  -- what the commit of a dry run does where the rows would now fare otherwise
  add column if_changed text not null default 'apply',
  add column changed_since_preview jsonb,
  -- start of the present status, for rates
  add column phase_started_at timestamptz,
  -- rejected rows by code, counted when the import ends: [{ code, rows }]
  add column errors_by_code jsonb,
  -- staged rows are kept for some weeks; then the error file lies in the bucket
  add column error_file_key text,
  add column rows_deleted_at timestamptz;
alter table imports add constraint imports_if_changed_known check (if_changed in ('apply', 'stop')) not valid;
alter table imports validate constraint imports_if_changed_known;

alter table import_rows drop constraint import_rows_state_known;
-- unread: staged with its cells only; how they are read follows from the whole column
alter table import_rows add constraint import_rows_state_known
  check (state in ('unread', 'staged', 'invalid', 'queued', 'applied', 'rejected', 'skipped')) not valid;
alter table import_rows validate constraint import_rows_state_known;
-- what the dry run said of the row: create, update, unchanged, apply or the code of its fault
alter table import_rows add column foreseen text;
create index import_rows_unread on import_rows (import_id, row_number) where state = 'unread';

-- Files that a client sends straight to the bucket in parts, by signed links.
create table import_uploads (
  id uuid not null,
  object_key text not null,
  -- the multipart upload as the storage knows it
  storage_upload_id text not null,
  file_name text not null,
  bytes_total bigint not null,
  part_bytes bigint not null,
  sha256 bytea,
  status text not null default 'open',
  import_id uuid,
  created_by text not null,
  warehouses text[],
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint import_uploads_pkey primary key (id),
  constraint import_uploads_status_known check (status in ('open', 'completed', 'aborted')),
  constraint import_uploads_import_exists foreign key (import_id) references imports (id)
);
create index import_uploads_open on import_uploads (expires_at) where status = 'open';

-- Objects of the watched prefix, each content once: the import that it became, or why it became none.
create table import_inbox_objects (
  object_key text not null,
  etag text not null,
  import_id uuid,
  refused_code text,
  refused_detail text,
  seen_at timestamptz not null default now(),
  constraint import_inbox_objects_pkey primary key (object_key, etag),
  constraint import_inbox_objects_import_exists foreign key (import_id) references imports (id)
);

-- A code as people mistype it: without case, width and signs between its parts; for "did you mean".
create function plain_code(code text) returns text
language sql immutable parallel safe
return regexp_replace(lower(normalize(code, nfkc)), '[\s_./\\#-]+', '', 'g');
create index inventory_items_plain_code on inventory_items (plain_code(sku) text_pattern_ops);

grant select on import_uploads, import_inbox_objects to stockline_writer, stockline_reader;
grant insert, update on import_uploads, import_inbox_objects to stockline_writer;
grant delete on import_uploads to stockline_writer;
grant execute on function plain_code(text) to stockline_writer, stockline_reader;
