-- How far a phase of an import was when the worker that has it took it up, so that rates tell what this worker does; and after
-- how many wrong rows an import ends by itself.
set local lock_timeout = '5s';

alter table imports
  add column phase_rows_before bigint not null default 0,
  add column phase_bytes_before bigint not null default 0,
  add column stop_after_errors bigint;

-- The balance of a level as rows come: a change that would take it below zero is refused and leaves it as it is. A null start
-- (a level that may go below zero) refuses nothing.
create function balance_or_refuse(balance numeric, start numeric, change numeric) returns numeric
language sql immutable parallel safe
return case
  when change < 0 and coalesce(balance, start) + change < 0 then coalesce(balance, start)
  else coalesce(balance, start) + change
end;
create aggregate balance_in_order(start numeric, change numeric) (
  sfunc = balance_or_refuse,
  stype = numeric,
  parallel = safe
);
grant execute on function balance_or_refuse(numeric, numeric, numeric), balance_in_order(numeric, numeric)
  to stockline_writer, stockline_reader;
