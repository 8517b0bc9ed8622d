-- An operator moves a partition: its owner, if there is one, is shut out, takes it again and reads on from there.
update {{ schema | ident }}.kafka_position
set next_offset = :next_offset, token = token + 1, owner = null, stopped = null,
    topic_id = coalesce(:topic_id, topic_id)
where topic = :topic and partition = :partition
