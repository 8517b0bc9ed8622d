-- A helper leaves the run.
update {{ schema | ident }}.runner set heartbeat_at = null where run = :run and owner = :owner
