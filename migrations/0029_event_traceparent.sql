-- The W3C trace context of a request travels with its movement into the log, and from there to every sink.
set local lock_timeout = '5s';

alter table movement_inbox add column traceparent text;
alter table events add column traceparent text;
