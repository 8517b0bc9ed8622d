-- An heir finds the run noted by its first owner.
insert into {{ schema | ident }}.relay_run (run) values (:run) on conflict do nothing
