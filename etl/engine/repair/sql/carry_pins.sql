-- What is pinned in the other instance is pinned in the one that stays, where that is not pinned itself; an undo gives
-- the pins back.
with gone as (
    delete from {{ store_schema | ident }}.pin
    where bo = :bo and instance = :absorbed
    returning bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed
),
kept as (
    insert into {{ store_schema | ident }}.ended_pin
        (bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed, ended_by)
    select bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed, :run from gone
)
insert into {{ store_schema | ident }}.pin
    (bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed)
select bo, field, :kept, :run, value, source_value, reason, pinned_by, pinned_at, until_changed from gone
on conflict do nothing
