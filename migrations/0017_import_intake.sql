-- How files come in, and how long they stay: what the sender said of a file that is yet to be fetched, one completion of a
-- direct upload at a time, and which imports still have their rows and their file.
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation
set local lock_timeout = '5s';

alter table imports
  -- format that the sender named; the content decides once the file is fetched
  add column wanted_format text,
  -- the first rows that went wrong, for when the rows are deleted
  add column errors_sample jsonb,
  -- false once the last staged row is deleted
  add column rows_kept boolean not null default true,
  add column file_deleted_at timestamptz;
alter table imports add constraint imports_wanted_format_known
  check (wanted_format in ('csv', 'csv.gz', 'xlsx')) not valid;
alter table imports validate constraint imports_wanted_format_known;
create index imports_rows_kept on imports (finished_at) where rows_kept and finished_at is not null;
create index imports_file_kept on imports (finished_at) where file_deleted_at is null and finished_at is not null;

-- until then one process is putting the parts together; another waits for its end
alter table import_uploads add column completing_until timestamptz;
