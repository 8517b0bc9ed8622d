-- The ids of an output's topics when its first records were written.
select topic_ids from {{ schema | ident }}.kafka_output where name = :name
