-- The next task of the lowest stage that is not finished: this predicate is the barrier. Tasks with the same serial
-- key (column `lane`) run in order. A task with two crashes runs alone, so that no other is blamed. Kinds of another
-- version are left to it, as is what helpers must not do. `materialized` keeps the planner from running the limited,
-- locking select more than once; a runner whose fence is no longer the highest takes nothing.
{% from "lease_is_valid.jinja" import lease_is_valid %}
with ready as materialized (
    select id, error
    from {{ schema | ident }}.task t
    where run = :run and state = 'todo' and kind = any(cast(:kinds as text[]))
      and stage = (select min(stage) from {{ schema | ident }}.task where run = :run and state in ('todo', 'running'))
      and not exists (
          select 1
          from {{ schema | ident }}.task earlier
          where earlier.run = :run and earlier.stage = t.stage and earlier.lane = t.lane and earlier.lane <> ''
            and earlier.seq < t.seq and earlier.state in ('todo', 'running')
      )
      and not exists (
          select 1
          from {{ schema | ident }}.task other
          where other.run = :run and other.state = 'running' and (t.crash_count >= 2 or other.crash_count > 2)
      )
      and exists (select 1 from {{ schema | ident }}.run_fence where fence = :fence)
{% if is_helper %}
      and {{ lease_is_valid(schema) }}
{% endif %}
    order by seq
    limit 1
    for update skip locked
)
update {{ schema | ident }}.task t
set state = 'running', owner = :owner, fence = :fence, attempts = attempts + 1, crash_count = crash_count + 1,
    started_at = clock_timestamp(), error = null
from ready
where t.id = ready.id
returning t.id, t.seq, t.stage, t.kind, t.title, t.in_table, t.lane as serial_key,
    t.first_position, t.after_position, t.claimed_rows, t.attempts, t.crash_count, ready.error as last_error
