-- Without an owner the next one need not wait. Only those that are still the owner's.
update {{ schema | ident }}.kafka_position p
set owner = null
from unnest(cast(:topics as text[]), cast(:partitions as int[]), cast(:tokens as bigint[]))
    as t (topic, partition, token)
where p.topic = t.topic and p.partition = t.partition and p.token = t.token
