-- A new owner of partitions: the transactions of the one before end first, and its token finds no row afterwards. A
-- partition that is not known begins where its owner says.
insert into {{ schema | ident }}.kafka_position as p (topic, partition, topic_id, next_offset, token, owner, taken_at,
    reading_settings)
select t.topic, t.partition, t.topic_id, t.start, 1, :owner, clock_timestamp(),
    jsonb_build_object('owner', cast(:owner as text), 'settings', cast(:reading as jsonb))
from unnest(
    cast(:topics as text[]), cast(:partitions as int[]), cast(:topic_ids as text[]), cast(:starts as bigint[])
) as t (topic, partition, topic_id, start)
order by t.topic collate "C", t.partition
on conflict (topic, partition) do update
set token = p.token + 1, owner = excluded.owner, taken_at = excluded.taken_at,
    topic_id = coalesce(p.topic_id, excluded.topic_id), reading_settings = excluded.reading_settings
returning topic, partition, topic_id, next_offset, token, stopped
