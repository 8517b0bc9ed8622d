-- The sync is still under way.
update {{ schema | ident }}.ad_run
set lease_until = clock_timestamp() + make_interval(secs => :lease_seconds)
where run = :run and ended_at is null
