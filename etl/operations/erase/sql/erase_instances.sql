-- The instance stays, REMOVED and without a value: its id was given to others and is never used again. The journal
-- names every column and the state, so that outputs clear them and the undo of an earlier unit restores none.
{% import "rows.jinja" as rows %}
with old as materialized (
    select t._id, t._state
    from {{ schema | ident }}.{{ table | ident }} t
    where {{ rows.not_empty(v) }}
    for update
),
erased as (
    update {{ schema | ident }}.{{ table | ident }} t
    set
        _state = 'REMOVED', _modified_at = :at, _modified_by = null,
        {{ v.columns | each("{0} = null") | comma_list }}
    from old o
    where t._id = o._id
    returning t._id, o._state
)
insert into {{ schema | ident }}.journal (run, bo, instance, change, before)
select :number, :bo, _id, case _state when 'REMOVED' then 'changed' else 'removed' end,
    cast(:emptied as jsonb) || jsonb_build_object('_state', _state)
from erased
