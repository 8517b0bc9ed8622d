-- The journal is not kept for this output any more.
delete from {{ schema | ident }}.kafka_output where name = :name
