-- Messages of a batch that were sent back, with the unit that rejected them first: what was written after it is later
-- than they are, and so are messages of that unit behind theirs.
create temporary table kafka_resent on commit drop as
select t.origin, t.topic, t.partition, t.record_offset, u.number as unit, u.closed_by
from (
    select distinct on (g.origin) g.*, d.unit
    from unnest(
        cast(:origins as text[]), cast(:topics as text[]), cast(:partitions as int[]), cast(:offsets as bigint[])
    ) as g (origin, topic, partition, record_offset)
    join {{ schema | ident }}.kafka_dead_letter d
        on d.topic = g.topic and d.partition = g.partition and d.record_offset = g.record_offset
    order by g.origin, d.id
) t
join {{ schema | ident }}.unit u on u.number = t.unit and u.closed_by is not null
