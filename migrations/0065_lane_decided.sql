-- Which inbox rows of a lane may have an outcome already. Past decided_to none has, so that reading the pending movements of a lane need
-- not look there. It holds only as long as nothing was decided since without it: decided_position was next_position then, and
-- every decision moves that (also one of an earlier release, which knows nothing of these columns).
set local lock_timeout = '5s';

alter table lanes add column decided_to bigint not null default 0;
alter table lanes add column decided_position bigint not null default 0;
