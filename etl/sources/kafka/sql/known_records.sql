-- Those that were known: others have the place of this batch. Of one that was cleaned meanwhile nothing is known. Each
-- is looked up for itself: many more are remembered than a batch has.
select g.number, k.digest, k.partition, k.record_offset
from pg_temp.kafka_given g
left join lateral (
    select k.* from {{ schema | ident }}.kafka_record k where k.topic = g.topic and k.record_id = g.record_id limit 1
) k on true
where (k.partition, k.record_offset) is distinct from (g.partition, g.record_offset) or k.merged_at <> :at
