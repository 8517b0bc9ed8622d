-- A replay merges these records once more, although their recordIds are remembered.
delete from {{ schema | ident }}.kafka_record
where topic = :topic and partition = :partition and record_offset >= :next_offset
