-- To be sent to the topic of errors after the commit.
copy {{ schema | ident }}.kafka_dead_letter
    (unit, topic, partition, record_offset, key, value, value_bytes, recorded_at, code, message, path)
from stdin
