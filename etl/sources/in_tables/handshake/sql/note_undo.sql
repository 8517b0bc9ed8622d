-- In the transaction that takes the run back.
insert into {{ schema | ident }}.remote_undo (as_run, run, undone_at, counters)
values (:as_run, :run, :at, cast(:counters as jsonb))
