-- How far a task of a recovery is; into topics, the exact place is in the record of progress in Kafka.
update {{ schema | ident }}.task
set state = :state, owner = :owner,
    counters = counters || jsonb_build_object('records', cast(:records as bigint), 'fill', cast(:fill as jsonb)),
    attempts = attempts + case when state = 'todo' then 1 else 0 end,
    started_at = coalesce(started_at, clock_timestamp()),
    finished_at = case when :state = 'done' then clock_timestamp() end
where id = :id and state in ('todo', 'running')
