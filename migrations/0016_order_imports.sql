-- Rows of an import that stand or fall together, and order numbers that go round those of other systems.
-- squawk-ignore-file require-concurrent-index-creation
set local lock_timeout = '5s';

-- first row of the order that the row is a line of; purchase orders go in whole, in the order of their first rows
alter table import_rows add column group_row bigint;
create index import_rows_groups on import_rows (import_id, group_row, row_number) where group_row is not null;

-- The next number that no order has: a file may have brought orders with numbers of our form. More than 6 digits stay whole.
create function next_purchase_order_number() returns text
language plpgsql volatile
as $$
declare
  nth text;
begin
  loop
    nth := nextval('purchase_order_numbers')::text;
    nth := 'PO-' || lpad(nth, greatest(length(nth), 6), '0');
    exit when not exists (select from purchase_orders where number = nth);
  end loop;
  return nth;
end
$$;
alter table purchase_orders alter column number set default next_purchase_order_number();
grant execute on function next_purchase_order_number() to stockline_writer;
