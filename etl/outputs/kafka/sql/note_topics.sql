-- The ids of an output's topics as they are known, and those that were made again.
update {{ schema | ident }}.kafka_output
set topic_ids = cast(:ids as jsonb), recreated_topics = cast(:recreated as jsonb)
where name = :name
