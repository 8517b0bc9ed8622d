-- Rejected messages, by ids, or by topic and code; open are those that can be sent back and were not. For people the
-- values are cut: a page of messages may have a hundred of a megabyte.
select id, unit, topic, partition, record_offset,
{% if is_cut %}
    substring(value from 1 for :most_bytes) as value, coalesce(value_bytes, octet_length(value)) as value_bytes,
{% else %}
    value, value_bytes,
{% endif %}
    key, recorded_at, code, message, path,
    created_at, sent_at, resent_at, attempt, original_partition, original_offset
from {{ schema | ident }}.kafka_dead_letter
where (cast(:ids as bigint[]) is null or id = any(cast(:ids as bigint[])))
  and (cast(:topic as text) is null or topic = :topic)
  and (cast(:code as text) is null or code = :code)
  and (cast(:before as bigint) is null or id < :before)
  and (not :only_open or (resent_at is null and (value is not null or value_bytes is null)))
order by id {{ "asc" if oldest_first else "desc" }}
limit :limit
