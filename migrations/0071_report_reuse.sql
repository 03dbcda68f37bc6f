-- A finished report may answer for one that is asked for again, where writing that anew would tell the same rows.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

alter table reports
  -- the same for reports that ask for the same rows in the same form; null where one is to be written whatever there is
  add column reuse_key text,
  -- the view that was read as it was refreshed at as_of; null where the tables were read
  add column view_read text,
  -- where the event log stood in its snapshot: the sum over the items' lanes, then each other lane
  add column log_marks bigint[],
  -- the report whose file this one shows, and where that one's manifest lies
  add column reused_id uuid,
  add column reused_manifest_key text;
create index reports_reusable on reports (reuse_key, finished_at)
  where status = 'completed' and reuse_key is not null and reused_id is null;
create index reports_reused on reports (reused_id) where reused_id is not null;
