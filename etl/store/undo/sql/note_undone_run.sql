-- From now on the run counts as undone.
insert into {{ store_schema | ident }}.undone_run (as_run, run) values (:as_run, :run)
