-- The partner sees the heartbeat here. Skipped when the partner holds or has rewritten the row.
update {{ schema | ident }}.process_tracking
set periodic_update_time = clock_timestamp()
where id = (
    select id from {{ schema | ident }}.process_tracking
    where id = :marker and occupied_by_process = :run
    for update skip locked
)
