-- See full_sets_of_run.
insert into {{ store_schema | ident }}.full_set (source, bo, run) values (:source, :bo, :run)
on conflict (source, bo) do update set run = excluded.run
