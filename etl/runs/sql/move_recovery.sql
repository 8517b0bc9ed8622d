-- How far a task of a recovery is; the exact place is in the record of progress in Kafka.
update {{ schema | ident }}.task
set state = :state, owner = :owner, counters = jsonb_set(counters, '{records}', to_jsonb(cast(:records as bigint))),
    attempts = attempts + case when state = 'todo' then 1 else 0 end,
    started_at = coalesce(started_at, clock_timestamp()),
    finished_at = case when :state = 'done' then clock_timestamp() end
where id = :id and state in ('todo', 'running')
