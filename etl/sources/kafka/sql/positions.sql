-- How far partitions are and whose they are, for people and for workers that look whether they still own them.
select topic, partition, topic_id, next_offset, token, owner, taken_at, committed_at, last_timestamp, stopped
from {{ schema | ident }}.kafka_position
order by topic, partition
