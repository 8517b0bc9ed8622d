-- How far partitions are and whose they are, for people and for workers that look whether they still own them. Settings
-- are those of the present owner: tables of an older version have no such column, and older programs do not write it.
select topic, partition, topic_id, next_offset, token, owner, taken_at, committed_at, last_timestamp, stopped,
    lost,
    case
        when to_jsonb(p) -> 'reading_settings' ->> 'owner' = owner then to_jsonb(p) -> 'reading_settings' -> 'settings'
    end as reading
from {{ schema | ident }}.kafka_position p
order by topic, partition
