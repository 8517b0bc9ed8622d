-- The last time that the run was taken back.
select as_run, undone_at, counters from {{ schema | ident }}.remote_undo where run = :run order by as_run desc limit 1
