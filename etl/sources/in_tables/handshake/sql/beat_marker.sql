-- The partner sees the heartbeat here. Skipped when the partner has rewritten the row, which is then no longer ours, or
-- locks it.
with free as (
    select id
    from {{ schema | ident }}.process_tracking
    where id = :marker and occupied_by_process = :run
    for update skip locked
),
renewed as (
    update {{ schema | ident }}.process_tracking
    set periodic_update_time = clock_timestamp()
    where id in (select id from free)
    returning id
)
select
    exists (select from renewed) as is_renewed,
    exists (
        select from {{ schema | ident }}.process_tracking where id = :marker and occupied_by_process = :run
    ) as is_ours
