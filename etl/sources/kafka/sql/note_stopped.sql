-- Why a partition is not read although it has an owner; null: it is read.
update {{ schema | ident }}.kafka_position
set stopped = :stopped
where topic = :topic and partition = :partition and token = :token
