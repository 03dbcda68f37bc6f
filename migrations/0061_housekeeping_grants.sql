-- Housekeeping clears inbound dead letters that were replayed or discarded long ago; those that still wait are never touched.
set local lock_timeout = '5s';

grant delete on dead_letters to stockline_writer;
create function dead_letters_keep_parked() returns trigger
language plpgsql
as $$
begin
  raise exception 'dead letter % is not resolved, so it can''t be deleted', old.id using errcode = 'SL001';
end
$$;
create trigger dead_letters_keep_parked before delete on dead_letters
  for each row when (old.status = 'parked') execute function dead_letters_keep_parked();
