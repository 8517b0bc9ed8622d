-- The last statement of every task, in the transaction of its effects.
update {{ schema | ident }}.task
set state = :state, finished_at = clock_timestamp(), counters = cast(:counters as jsonb), error = :error
where id = :id and owner = :owner and fence = :fence and state = 'running'
