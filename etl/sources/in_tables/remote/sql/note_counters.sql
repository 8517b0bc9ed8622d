-- Records the task as done in the store, in the transaction of its effects.
insert into {{ store_schema | ident }}.remote_task (run, seq, counters)
values (:run, :seq, cast(:counters as jsonb))
on conflict (run, seq) do update set counters = excluded.counters
