-- What must be refused of a row's wishes takes the row with it, and with that the other rows of its instance.
with refused as (
    select _row, bool_or(k = 0) as _taken_0
    from wish
    where is_refused
    group by _row
),
others as (
    select l._row, r._taken_0, w.mig1
    from refused r
    join stage w on w._row = r._row
    join stage l on l._known = w._known and l._loses
),
lost as (
    update stage s
    set _action = 'rejected', _instance = null, _winner = null, _taken_0 = o._taken_0, mig1 = o.mig1
    from others o
    where s._row = o._row
)
update stage s
set _action = 'rejected', _instance = null, _taken_0 = r._taken_0
from refused r
where s._row = r._row