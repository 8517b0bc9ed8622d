-- In the transaction of the undo.
insert into {{ schema | ident }}.remote_undo (as_run, run, undone_at, counters)
values (:as_run, :run, :at, cast(:counters as jsonb))
