-- The next task of the lowest stage that is not finished: a barrier is this predicate, nobody has to lift it.
-- Tasks of one lane follow each other. `materialized` keeps the planner from running the limited, locking select more than once; a runner whose fence is
-- no longer the highest takes nothing.
with ready as materialized (
    select id
    from {{ schema | ident }}.task t
    where run = :run and state = 'todo'
      and stage = (select min(stage) from {{ schema | ident }}.task where run = :run and state in ('todo', 'running'))
      and not exists (
          select 1
          from {{ schema | ident }}.task earlier
          where earlier.run = :run and earlier.stage = t.stage and earlier.lane = t.lane and earlier.lane <> ''
            and earlier.seq < t.seq and earlier.state in ('todo', 'running')
      )
      and exists (select 1 from {{ schema | ident }}.run_fence where fence = :fence)
    order by seq
    limit 1
    for update skip locked
)
update {{ schema | ident }}.task t
set state = 'running', owner = :owner, fence = :fence, attempts = attempts + 1, started_at = clock_timestamp(),
    error = null
from ready
where t.id = ready.id
returning t.id, t.seq, t.stage, t.kind, t.title, t.in_table, t.lane, t.first_position, t.after_position, t.claimed_rows,
    t.attempts
