-- An orderly end without success: the run stays, and the next runner need not wait for the lease.
update {{ schema | ident }}.run
set heartbeat_at = null
where id = :run and owner = :owner and fence = :fence and state = 'running'
