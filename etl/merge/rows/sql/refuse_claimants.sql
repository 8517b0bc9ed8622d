-- Refuses the rows that give a value whose claim is refused. If none of an instance's rows gives it, its state makes the
-- instance want it back: then those that give the state are refused.
{% from "group_order.jinja" import brings %}
with
claimants as (
    select c._row, c.field
    from value_claim c
    where c.is_refused and c._row not in (select _row from duplicate)
{% for field in unique %}
    union
    select d._row, c.field
    from value_claim c
    join duplicate d on d._group = c._group
    where c.is_refused and c.field = '{{ field.short }}'
      and {{ brings(field, "d") }} and cast({{ field.compared("d." ~ field.column) }} as text) = c.value
{% endfor %}
),
returning_ones as (
    select d._row, c.field
    from value_claim c
    join duplicate d on d._group = c._group
    where c.is_refused and d._given_state <> 'REMOVED' and not d._removed and not exists (
        select from claimants o join duplicate e on e._row = o._row
        join stage s on s._row = e._row and s._action <> 'rejected'
        where e._group = c._group and o.field = c.field
    )
)
update stage s
set
    {{ unique | each("_taken_{0.short} = s._taken_{0.short} or r._taken_{0.short}") | comma_list }},
    _action = 'rejected', _loses = false, _instance = null
from (
    select {{ (["_row"] + (unique | each("bool_or(field = '{0.short}') as _taken_{0.short}"))) | comma_list }}
    from (select _row, field from claimants union select _row, field from returning_ones) both_kinds
    group by _row
) r
where s._row = r._row and s._action <> 'rejected'
