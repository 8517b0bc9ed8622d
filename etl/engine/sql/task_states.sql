-- Tasks of a run by kind and state.
select kind, state, count(*) as tasks, cast(sum(claimed_rows) as bigint) as claimed_rows, max(error) as error,
    min(started_at) as started_at, max(finished_at) as finished_at
from {{ schema | ident }}.task
where run = :run
group by kind, state
order by min(seq)
