-- The output has written what the position says, if its leader is still the same.
update {{ schema | ident }}.kafka_output
set step = :step, is_begun = true, journal_position = cast(:position as pg_snapshot),
    unfinished = cast(:unfinished as jsonb), records = records + :records, followed_at = clock_timestamp(),
    heartbeat_at = clock_timestamp()
where name = :name and token = :token
