-- The output has no leader any more, if it is still the same.
update {{ schema | ident }}.kafka_output
set owner = null, heartbeat_at = null
where name = :name and token = :token
