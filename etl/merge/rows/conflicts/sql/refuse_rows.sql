-- A row whose claim on a unique value is refused is refused itself, with the other rows of its instance.
with refused as (
    select {{ (["_row"] + (unique | each("bool_or(field = '{0.short}') as _taken_{0.short}"))) | comma_list }}
    from value_claim
    where is_refused
    group by _row
),
others as (
    select {{ (["l._row"] + (unique | each("r._taken_{0.short}, w.{0.column}"))) | comma_list }}
    from refused r
    join stage w on w._row = r._row
    join stage l on l._known = w._known and l._loses
),
lost as (
    update stage s
    set
        {{ unique | each("_taken_{0.short} = o._taken_{0.short}, {0.column} = o.{0.column}") | comma_list }},
        _action = 'rejected', _instance = null, _winner = null
    from others o
    where s._row = o._row
)
update stage s
set
    {{ unique | each("_taken_{0.short} = r._taken_{0.short}") | comma_list }},
    _action = 'rejected', _instance = null
from refused r
where s._row = r._row
