-- By the clock of the server.
update {{ schema | ident }}.backup_record set drilled_at = clock_timestamp() where backup_id = :backup_id
