-- No reader of the original works here; the next one continues at the offsets of the backup.
update {{ schema | ident }}.kafka_position set token = token + 1, owner = null
