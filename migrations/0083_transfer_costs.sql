-- The average cost that left with a transfer which arrived at once (one in transit has it in transits), so that its reversal
-- takes out again what it brought. Written with the ledger entry, by its lane; none where no cost was known, and none of
-- the transfers of before, whose reversals leave the averages as they are.
set local lock_timeout = '5s';

create table transfer_costs (
  movement_id uuid not null,
  unit_cost numeric(18, 6) not null,
  constraint transfer_costs_pkey primary key (movement_id),
  constraint transfer_costs_unit_cost_range check (unit_cost >= 0)
);

grant select on transfer_costs to stockline_writer, stockline_reader;
grant insert on transfer_costs to stockline_writer;
