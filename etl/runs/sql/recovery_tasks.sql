-- Tasks of a recovery that are not done.
select id, run, seq, in_table, counters ->> 'output' as output, counters ->> 'topic' as topic, state,
    cast(counters ->> 'records' as bigint) as records
from {{ schema | ident }}.task
where kind = :kind and state in ('todo', 'running')
order by run, seq
