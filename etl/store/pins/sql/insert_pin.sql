-- Pins a field before its value is written; `source_value` is what it has now, or had before it was pinned.
with gone as (
    delete from {{ schema | ident }}.pin
    where bo = :bo and instance = :instance and field = :field
    returning *
),
kept as (
    insert into {{ schema | ident }}.ended_pin
        (bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed, ended_by)
    select bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed, :unit from gone
)
insert into {{ schema | ident }}.pin
    (bo, field, instance, run, value, source_value, reason, pinned_by, pinned_at, until_changed)
select :bo, :field, :instance, :unit, :value,
    case when p.run is null then to_jsonb(g.{{ column | ident }}) else p.source_value end,
    :reason, :pinned_by, :pinned_at, :until_changed
from {{ schema | ident }}.{{ golden | ident }} g
left join gone p on true
where g._id = :instance
