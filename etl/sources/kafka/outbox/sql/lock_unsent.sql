-- The oldest dead letters of a topic that were not sent, up to a sum of bytes; another sender takes others.
with locked as (
    select id, value_bytes
    from {{ schema | ident }}.kafka_dead_letter
    where sent_at is null and topic = :topic
    order by id
    limit :limit
    for update skip locked
),
summed as (
    select id, sum(coalesce(value_bytes, 0)) over (order by id) - coalesce(value_bytes, 0) as bytes_before
    from locked
)
select d.*
from summed s
join {{ schema | ident }}.kafka_dead_letter d on d.id = s.id
where s.bytes_before < :bytes
order by d.id
