-- The tasks of a run, for people and for the receipt.
select seq, stage, kind, title, in_table, state, attempts, claimed_rows, counters, error, started_at, finished_at
from {{ schema | ident }}.task
where run = :run
order by seq
