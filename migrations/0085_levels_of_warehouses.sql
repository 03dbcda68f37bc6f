-- One level is looked up by item and warehouse. A plan that was made while the table had a handful of rows may take the index of warehouses for
-- it, and read all levels of a warehouse each time: seconds for a batch beside an import that makes 60,000 levels. With both columns in that
-- index too, whichever a plan takes finds the one level.
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
set local lock_timeout = '5s';

drop index stock_levels_warehouse;
create index stock_levels_warehouse on stock_levels (warehouse_id, item_id);
