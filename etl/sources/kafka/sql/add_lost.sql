-- Offsets that were gone before they were read, for people.
update {{ schema | ident }}.kafka_position
set lost = lost + :lost
where topic = :topic and partition = :partition
