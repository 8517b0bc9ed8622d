-- The other instance is REMOVED, so that it holds no unique value, and its external id finds the one that stays.
with old as materialized (
    select _id, _state, _in_id from {{ store_schema | ident }}.{{ golden | ident }} where _id = :absorbed for update
),
gone as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set _state = 'REMOVED', _in_id = null, _modified_at = :at
    from old o
    where g._id = o._id
    returning g._id, o._state, o._in_id
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before)
select :run, :bo, _id, case _state when 'REMOVED' then 'changed' else 'removed' end,
    jsonb_build_object('_state', _state, '_in_id', _in_id)
from gone
