-- The leader of an output is alive.
update {{ schema | ident }}.kafka_output
set heartbeat_at = clock_timestamp()
where name = :name and token = :token
