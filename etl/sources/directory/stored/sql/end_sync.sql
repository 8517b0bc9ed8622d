-- What became of a sync.
update {{ schema | ident }}.ad_run
set ended_at = clock_timestamp(), controller = :controller, users = :users, counts = cast(:counts as jsonb),
    left_out = cast(:left_out as jsonb), result = :result, message = :message
where run = :run and ended_at is null
