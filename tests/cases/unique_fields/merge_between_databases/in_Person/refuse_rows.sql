-- What must be refused of a row's wishes takes the row with it, and with that the other rows of its instance.
with refused as (
    select _row, bool_or(k = 0) as _taken_0, bool_or(k = 1) as _taken_1, bool_or(k = 2) as _taken_2
    from wish
    where is_refused
    group by _row
),
others as (
    select l._row, r._taken_0, w.email, r._taken_1, w.Passport, r._taken_2, w.Number
    from refused r
    join stage w on w._row = r._row
    join stage l on l._known = w._known and l._loses
),
lost as (
    update stage s
    set _action = 'rejected', _instance = null, _winner = null, _taken_0 = o._taken_0, email = o.email, _taken_1 = o._taken_1, Passport = o.Passport, _taken_2 = o._taken_2, Number = o.Number
    from others o
    where s._row = o._row
)
update stage s
set _action = 'rejected', _instance = null, _taken_0 = r._taken_0, _taken_1 = r._taken_1, _taken_2 = r._taken_2
from refused r
where s._row = r._row