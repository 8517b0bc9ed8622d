-- Those that were known: others have the place of this batch. Of one that was cleaned meanwhile nothing is known.
select g.number, k.digest, k.partition, k.record_offset
from pg_temp.kafka_given g
left join {{ schema | ident }}.kafka_record k on k.topic = g.topic and k.record_id = g.record_id
where (k.partition, k.record_offset) is distinct from (g.partition, g.record_offset) or k.merged_at <> :at
