-- Notes the recordIds of a batch; returns how many of them are known already, also from a transaction that has just
-- ended. Where all are known nothing is written.
with fresh as (
    insert into {{ schema | ident }}.kafka_record (topic, record_id, digest, partition, record_offset, merged_at)
    select g.topic, g.record_id, g.digest, g.partition, g.record_offset, :at
    from pg_temp.kafka_given g
    order by g.topic, g.record_id
    on conflict do nothing
    returning topic
)
select (select count(*) from pg_temp.kafka_given) - (select count(*) from fresh) as known
