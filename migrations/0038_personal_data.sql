-- Personal data under envelope keys: data keys, wrapped by AWS KMS or by a local key file, and blind indexes by which an e-mail or
-- a phone number is found without being readable. Columns stay text: sealed values tell themselves by their prefix, rows from
-- before stay readable as they are until the job protect-personal-data has sealed them.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

create table personal_keys (
  id integer not null,
  purpose text not null,
  -- what wrapped it: kms:<key id>, or file:<fingerprint of the key file>
  wrapper text not null,
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  constraint personal_keys_pkey primary key (id),
  constraint personal_keys_purpose_known check (purpose in ('data', 'index'))
);
-- values are found by their index, so that key is one for ever
create unique index personal_keys_one_index on personal_keys (purpose) where purpose = 'index';

alter table suppliers
  add column email_index bytea,
  add column phone_index bytea;
create index suppliers_email_index on suppliers (email_index) where email_index is not null;
create index suppliers_phone_index on suppliers (phone_index) where phone_index is not null;

alter table users add column email_index bytea;
create unique index users_email_index on users (email_index) where email_index is not null;

create trigger personal_keys_append_only before update or delete on personal_keys
  for each row execute function refuse_change();
create trigger personal_keys_no_truncate before truncate on personal_keys
  for each statement execute function refuse_change();
create trigger audit_insert after insert on personal_keys
  for each row execute function audit_row('personal_key', 'id', 'wrapped');

grant select, insert on personal_keys to stockline_writer;
