-- Imports whose workers die again and again: how many claims in a row were never answered for, and, once an import is to end as
-- failed while movements of it still wait in the inbox, with what it will.
set local lock_timeout = '5s';

alter table imports
  -- claims since the last progress that no worker gave back, the present one among them
  add column claims_unanswered integer not null default 0,
  -- from then on nothing more is applied; the import ends as failed once what the inbox has of it is decided
  add column failing_code text,
  add column failing_detail text;
