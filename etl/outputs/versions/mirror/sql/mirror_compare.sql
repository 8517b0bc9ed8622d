-- A mirror that lost its position: writes the differences to its journal for the versions that follow it. Instances
-- that the store no longer has become REMOVED here, so that they leave the out_ tables.
{% if is_link %}
insert into {{ schema | ident }}.journal (bo, field, instance, target, change)
select :bo, cast(:field as text), coalesce(m._owner, w._owner), coalesce(m._target, w._target),
    case when m._owner is null then 'unlinked' else 'linked' end
from {{ schema | ident }}.{{ golden | ident }} m
full join was w on w._owner = m._owner and w._target = m._target
where m._owner is null or w._owner is null or w is distinct from m
{% else %}
with gone as (
    insert into {{ schema | ident }}.{{ golden | ident }} (_id, _state, _created_at, _modified_at)
    select w._id, 'REMOVED', w._created_at, w._modified_at
    from was w
    where not exists (select from {{ schema | ident }}.{{ golden | ident }} m where m._id = w._id)
    returning _id
)
insert into {{ schema | ident }}.journal (bo, instance, change, before)
select :bo, _id, 'removed', cast(null as jsonb) from gone
union all
select :bo, m._id,
    case
        when w._id is null then 'created'
        when m._state = 'REMOVED' then 'removed'
        when w._state = 'REMOVED' then 'returned'
        else 'changed'
    end,
    case when w._state <> m._state then jsonb_build_object('_state', w._state) end
from {{ schema | ident }}.{{ golden | ident }} m
left join was w on w._id = m._id
where w._id is null or w is distinct from m
{% endif %}
