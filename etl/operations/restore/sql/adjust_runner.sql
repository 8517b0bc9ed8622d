-- No runner of the original works here.
update {{ schema | ident }}.runner set heartbeat_at = null where heartbeat_at is not null
