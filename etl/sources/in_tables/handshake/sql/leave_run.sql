-- An orderly end of help.
update {{ schema | ident }}.runner set heartbeat_at = null where run = :run and owner = :owner
