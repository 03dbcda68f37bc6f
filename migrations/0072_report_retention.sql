-- Files of reports are deleted after a time, and later their rows. First the row says expired, then the file goes: whatever dies in
-- between, no row points to a file that is gone without saying so.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

alter table reports
  add column expired_at timestamptz,
  -- the file and its manifest are gone
  add column files_deleted_at timestamptz;
create index reports_files_kept on reports (finished_at) where status = 'completed' and expired_at is null and reused_id is null;
create index reports_files_expired on reports (expired_at) where files_deleted_at is null and expired_at is not null;
create index reports_rows_old on reports (finished_at) where finished_at is not null;

grant delete on reports to stockline_writer;
create function reports_keep_open() returns trigger
language plpgsql
as $$
begin
  raise exception 'report % is % and has its file, so its row can''t be deleted', old.id, old.status using errcode = 'SL001';
end
$$;
create trigger reports_keep_open before delete on reports
  for each row when (old.status in ('queued', 'running') or (old.status = 'completed' and old.files_deleted_at is null))
  execute function reports_keep_open();
