-- They are in the topic of errors.
update {{ schema | ident }}.kafka_dead_letter
set sent_at = clock_timestamp()
where id = any(:ids)
