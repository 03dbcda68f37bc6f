-- Inbound streams: leases of shards with an epoch that fences, parents before children, and what a dead letter must tell to be mended.
set local lock_timeout = '5s';

-- epoch: counts the takings of the lease; a checkpoint moves only under the epoch that it was read with.
-- parents: shards that must be drained before this one may be read (Kinesis splits and merges).
alter table stream_checkpoints
  add column epoch bigint not null default 0,
  add column parents text[] not null default '{}',
  add column drained_at timestamptz,
  add column lag_ms bigint;

-- id follows from origin, position and payload: a record that is delivered again is the same letter.
-- encoding: how payload holds the bytes, as the text that they are or as base64.
alter table dead_letters
  add column position text not null default '',
  add column code text not null default 'unknown',
  add column encoding text not null default 'utf8',
  add column event_id text,
  add column event_source text,
  add column event_type text,
  add column movement_id uuid,
  add column resolved_at timestamptz,
  add column resolved_by text,
  add column resolution text,
  -- what was replayed, where it was mended
  add column mended text;
alter table dead_letters
  add constraint dead_letters_encoding_known check (encoding in ('utf8', 'base64')) not valid;
-- squawk-ignore require-concurrent-index-creation
create index dead_letters_status_created on dead_letters (status, created_at, id);
