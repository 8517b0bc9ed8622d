-- The tasks of a run, as long as they are kept.
select seq, kind, title, in_table, state, claimed_rows, attempts, crash_count, owner, started_at, finished_at, error
from {{ schema | ident }}.task
where run = :run
order by seq
