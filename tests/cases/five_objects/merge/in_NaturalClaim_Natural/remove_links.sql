-- Removes the links that rows of the stage name, and counts the rows that found theirs.
with gone as (
    delete from store_demo.link_NaturalClaim_Natural g
    using (
        select owner, target, min(cast(json_build_array(stage.owner_in_id, stage.target_value) as text)) as origin
        from stage
        where removed and owner is not null and target is not null
        group by owner, target
    ) s
    where g._owner = s.owner and g._target = s.target
    returning
        g._owner, g._target,
        jsonb_build_object('_target_bo', g._target_bo, '_linked_at', g._linked_at) as before, s.origin
),
journalled as (
    insert into store_demo.journal (run, bo, field, instance, target, change, before, origin)
    select :run, :bo, :field, _owner, _target, 'unlinked', before, origin from gone
)
select 'rows' as counter, count(*) as rows
from stage s
join gone on gone._owner = s.owner and gone._target = s.target
where s.removed