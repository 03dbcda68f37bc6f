-- Roles of the compose stack, made once when its database is created: owner migrates, writer serves,
-- reader exports; none is a superuser. The passwords are for this stack only.
create role stockline_owner login password 'stockline_owner';
create role stockline_writer login password 'stockline_writer';
create role stockline_reader login password 'stockline_reader';
alter database stockline owner to stockline_owner;
