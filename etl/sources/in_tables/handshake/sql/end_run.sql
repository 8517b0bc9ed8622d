-- The end of a run, with its state.
update {{ schema | ident }}.run
set state = :state, finished_at = clock_timestamp(), heartbeat_at = null, message = :message
where id = :run and fence = :fence and state = 'running'
