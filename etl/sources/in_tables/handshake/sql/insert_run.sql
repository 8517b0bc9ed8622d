-- The run's own row; the unique index on running runs refuses a second one.
insert into {{ schema | ident }}.run (id, company, marker_id, owner, fence, state, heartbeat_at)
values (:run, :company, :marker, :owner, :fence, 'running', clock_timestamp())
