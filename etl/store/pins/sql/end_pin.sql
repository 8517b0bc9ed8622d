-- Ends a pin; an undo of the unit restores it.
with gone as (
    delete from {{ schema | ident }}.pin
    where bo = :bo and instance = :instance and field = :field
    returning *
)
insert into {{ schema | ident }}.ended_pin
    (bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed, ended_by)
select bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed, :unit from gone
