-- Notes the recordIds of a batch; returns the numbers of those that are known already, also from a transaction that has
-- just ended. Where all are known nothing is written.
with given as materialized (
    select t.*
    from unnest(
        cast(:numbers as int[]), cast(:topics as text[]), cast(:record_ids as text[]), cast(:digests as bigint[]),
        cast(:partitions as int[]), cast(:offsets as bigint[])
    ) as t (number, topic, record_id, digest, partition, record_offset)
),
fresh as (
    insert into {{ schema | ident }}.kafka_record (topic, record_id, digest, partition, record_offset, merged_at)
    select g.topic, g.record_id, g.digest, g.partition, g.record_offset, :at
    from given g
    order by g.topic collate "C", g.record_id collate "C"
    on conflict do nothing
    returning topic, record_id
)
select g.number
from given g
where not exists (select from fresh f where f.topic = g.topic and f.record_id = g.record_id)
