-- What the batch has read. A position only rises: a batch that comes again after a lost answer changes nothing.
update {{ schema | ident }}.kafka_position p
set next_offset = t.next_offset, committed_at = clock_timestamp(),
    last_timestamp = coalesce(to_timestamp(t.timestamp_ms / 1000.0), p.last_timestamp)
from unnest(
    cast(:topics as text[]), cast(:partitions as int[]), cast(:next_offsets as bigint[]),
    cast(:timestamps as bigint[])
) as t (topic, partition, next_offset, timestamp_ms)
where p.topic = t.topic and p.partition = t.partition and p.next_offset < t.next_offset
