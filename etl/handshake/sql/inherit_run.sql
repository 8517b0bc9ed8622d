-- The heir's name and token on the same run.
update {{ schema | ident }}.run
set owner = :owner, fence = :fence, heartbeat_at = clock_timestamp()
where id = :run and state = 'running'
