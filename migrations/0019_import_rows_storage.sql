-- Nearly every staged row is changed once more, to its end: room on its own page and no index that looks at the state make that a
-- third as dear (heap-only updates), and keep the primary key as it is. Tables of many imports are cleaned up sooner.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
set local lock_timeout = '5s';

alter table import_rows set (
  -- half of each page stays free for the rows' second version
  fillfactor = 50,
  -- a statement's plan must fit an import of millions of rows soon after it came
  autovacuum_analyze_scale_factor = 0.02,
  autovacuum_vacuum_scale_factor = 0.1,
  autovacuum_vacuum_insert_scale_factor = 0.2
);

-- Unread rows are those with neither fields nor fault. An index on the state itself would keep every change of it from staying on
-- the page; whoever looks for unread rows names these two as well.
drop index import_rows_unread;
create index import_rows_unread on import_rows (import_id, row_number) where fields is null and error_code is null;
