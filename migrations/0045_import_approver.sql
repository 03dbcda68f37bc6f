-- What an import may approve: the roles of whoever had it applied, at that moment. An order in a file that is past draft counts as
-- approved by that person, so the limits of approval hold for it as they hold for the API. Null: nobody's, as of objects of the watched
-- prefix, and of imports from before.
set local lock_timeout = '5s';

alter table imports add column approver_roles text[];
