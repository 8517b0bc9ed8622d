-- The lease is renewed in our own row, under our own token: no row means that a new owner has the run.
update {{ schema | ident }}.run
set heartbeat_at = clock_timestamp()
where id = :run and owner = :owner and fence = :fence and state = 'running'
