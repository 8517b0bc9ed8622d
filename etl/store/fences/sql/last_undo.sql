-- The last undo of the run.
select as_run, undone_at, counters from {{ schema | ident }}.remote_undo where run = :run order by as_run desc limit 1
