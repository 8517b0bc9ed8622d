-- Tasks of a recovery that are not done.
select id, run, seq, in_table, counters ->> 'output' as output, counters ->> 'topic' as topic, state, kind,
    counters -> 'fill' as fill,
    cast(counters ->> 'records' as bigint) as records
from {{ schema | ident }}.task
where kind = any(cast(:kinds as text[])) and state in ('todo', 'running')
order by run, seq
