-- Rejected messages, by ids, or by topic and code; open are those that can be sent back and were not.
select id, unit, topic, partition, record_offset, key, value, value_bytes, recorded_at, code, message, path,
    created_at, sent_at, resent_at
from {{ schema | ident }}.kafka_dead_letter
where (cast(:ids as bigint[]) is null or id = any(cast(:ids as bigint[])))
  and (cast(:topic as text) is null or topic = :topic)
  and (cast(:code as text) is null or code = :code)
  and (not :only_open or (resent_at is null and (value is not null or value_bytes is null)))
order by id {{ "asc" if oldest_first else "desc" }}
limit :limit
