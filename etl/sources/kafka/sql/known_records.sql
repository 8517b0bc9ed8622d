-- What is known of recordIds.
select t.number, k.digest, k.partition, k.record_offset
from unnest(cast(:numbers as int[]), cast(:topics as text[]), cast(:record_ids as text[]))
    as t (number, topic, record_id)
join {{ schema | ident }}.kafka_record k on k.topic = t.topic and k.record_id = t.record_id
