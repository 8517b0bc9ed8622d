-- Of each topic the newest dead letter of the last minutes that was not sent back; the newest ones are looked at.
select distinct on (d.topic) d.topic, d.partition, d.record_offset, d.code
from (
    select id, topic, partition, record_offset, code, created_at, resent_at
    from {{ schema | ident }}.kafka_dead_letter
    order by id desc
    limit :count
) d
where d.resent_at is null and d.created_at > clock_timestamp() - make_interval(mins => :minutes)
order by d.topic, d.id desc
