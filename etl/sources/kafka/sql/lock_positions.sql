-- The partitions of a batch, as far as the token is still theirs; no other worker takes them before the transaction
-- ends. With them what is recorded of the parts that are written to.
{% from "versions.jinja" import noted_parts %}
select p.topic, p.partition, p.next_offset, clock_timestamp() as at, {{ noted_parts(placed) }} as noted
from {{ schema | ident }}.kafka_position p
join unnest(cast(:topics as text[]), cast(:partitions as int[]), cast(:tokens as bigint[]))
    as t (topic, partition, token)
    on p.topic = t.topic and p.partition = t.partition and p.token = t.token
order by p.topic, p.partition
for update of p
