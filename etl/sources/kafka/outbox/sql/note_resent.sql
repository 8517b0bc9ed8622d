-- They were put back into their topic.
update {{ schema | ident }}.kafka_dead_letter
set resent_at = clock_timestamp()
where id = any(:ids)
