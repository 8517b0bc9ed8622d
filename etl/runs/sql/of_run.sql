-- The tasks of a run, for its receipt.
select kind, in_table, state, counters
from {{ schema | ident }}.task
where run = :run
order by seq
