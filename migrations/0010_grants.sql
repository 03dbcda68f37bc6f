-- What each role may do. The ledger, outcomes and audit trail can be read and added to, never changed (test/platform/grants.test.ts).
set local lock_timeout = '5s';

grant usage on schema public to stockline_writer, stockline_reader;
grant select on all tables in schema public to stockline_writer, stockline_reader;
revoke select on users, idempotency_keys from stockline_reader;

grant insert on all tables in schema public to stockline_writer;
grant update on
  inventory_items, warehouses, suppliers, supplier_items, reorder_policies, lanes, inbox_horizon, lots, stock_levels, reservations,
  purchase_orders, purchase_order_lines, low_stock_alerts, sinks, sink_cursors, stream_checkpoints, dead_letters,
  imports, import_rows, reports, report_schedules, job_runs, users, idempotency_keys, view_refreshes
to stockline_writer;
grant delete on
  movement_inbox, low_stock_alerts, import_rows, idempotency_keys, job_runs, purchase_order_lines
to stockline_writer;
revoke insert on lanes, inbox_horizon, view_refreshes from stockline_writer;
revoke update on view_refreshes from stockline_writer;
grant usage, select on all sequences in schema public to stockline_writer;

revoke execute on function ensure_partitions(integer), refresh_view(text) from public;
grant execute on function ensure_partitions(integer), refresh_view(text) to stockline_writer;

-- partitions made later inherit the parents' rules: access always goes through the parent table
