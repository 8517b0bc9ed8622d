-- The new owner's name and token on the same run, unless its owner has sent a heartbeat since the decision.
update {{ schema | ident }}.run
set owner = :owner, fence = :fence, heartbeat_at = clock_timestamp()
where id = :run and state = 'running' and cast(heartbeat_at as text) is not distinct from cast(:beat as text)
