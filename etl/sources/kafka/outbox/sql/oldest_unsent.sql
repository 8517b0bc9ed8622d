-- Of each topic the oldest dead letter that was not sent for longer than some minutes; the oldest ones are looked at.
select distinct on (d.topic) d.topic, d.partition, d.record_offset, d.code
from (
    select id, topic, partition, record_offset, code, created_at
    from {{ schema | ident }}.kafka_dead_letter
    where sent_at is null
    order by id
    limit :count
) d
where d.created_at < clock_timestamp() - make_interval(mins => :minutes)
order by d.topic, d.id
