-- Puts under audit what came beside or after 0037: webhooks, what operators decide of dead letters, of set-aside movements and of
-- sinks, sessions that somebody else ended, and who exported what. test/pipelines/audit/tables.test.ts lists the tables that are not
-- audited, each with its reason.
set local lock_timeout = '5s';

-- the URL may hold secrets of the receiver; that it changed is told
select audit_table('webhooks', 'webhook', 'name', 'url,secret');

create trigger audit_delete after delete on sinks
  for each row execute function audit_row('sink', 'name', '');
create trigger audit_update after update of status on dead_letters
  for each row when (new.resolved_by is distinct from old.resolved_by)
  execute function audit_row('dead_letter', 'id', 'payload,mended,reason');
create trigger audit_update after update of status on sink_dead_letters
  for each row when (new.resolved_by is distinct from old.resolved_by)
  execute function audit_row('sink_dead_letter', 'id', 'body');
create trigger audit_delete after delete on set_aside_movements
  for each row execute function audit_row('set_aside_movement', 'id', 'movement,body_hash');
-- users end their own sessions all the time; what counts is what others did to them, and stolen tokens
create trigger audit_update after update of revoked_at on sessions
  for each row when (old.revoked_at is null and new.revoked_at is not null and new.revoked_reason <> 'signed_out')
  execute function audit_row('session', 'id', '');
create trigger audit_insert after insert on reports
  for each row when (new.schedule_id is null) execute function audit_row('report', 'id', 'objects');
create trigger audit_update after update on job_runs
  for each row when (new.trigger <> 'schedule' and old.status <> new.status and new.status in ('completed', 'failed', 'skipped'))
  execute function audit_row('job_run', 'job,id', 'outcome');
create trigger audit_insert after insert on import_uploads
  for each row execute function audit_row('import_upload', 'id', 'sha256,storage_upload_id');
