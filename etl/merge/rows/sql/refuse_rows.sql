-- What must be refused of a row's wishes takes the row with it, and with that the other rows of its instance.
with refused as (
    select _row{% for field in unique %}, bool_or(k = {{ loop.index0 }}) as _taken_{{ loop.index0 }}{% endfor %}

    from wish
    where is_refused
    group by _row
),
others as (
    select l._row{% for field in unique %}, r._taken_{{ loop.index0 }}, w.{{ field.column }}{% endfor %}

    from refused r
    join stage w on w._row = r._row
    join stage l on l._known = w._known and l._loses
),
lost as (
    update stage s
    set _action = 'rejected', _instance = null, _winner = null{% for field in unique %}, _taken_{{ loop.index0 }} = o._taken_{{ loop.index0 }}, {{ field.column }} = o.{{ field.column }}{% endfor %}

    from others o
    where s._row = o._row
)
update stage s
set _action = 'rejected', _instance = null{% for field in unique %}, _taken_{{ loop.index0 }} = r._taken_{{ loop.index0 }}{% endfor %}

from refused r
where s._row = r._row
