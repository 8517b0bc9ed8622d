-- Who reads topics and writes outputs, as far as it has not given them back.
select owner from {{ schema | ident }}.kafka_position where owner is not null
union
select owner from {{ schema | ident }}.kafka_output where owner is not null
