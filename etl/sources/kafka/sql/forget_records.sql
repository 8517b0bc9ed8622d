-- Records that were not merged: one that comes again, corrected, is merged.
delete from {{ schema | ident }}.kafka_record k
using unnest(cast(:topics as text[]), cast(:record_ids as text[])) as t (topic, record_id)
where k.topic = t.topic and k.record_id = t.record_id
