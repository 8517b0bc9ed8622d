-- A row whose claim on a unique value is refused is refused itself, with the other rows of its instance.
with refused as (
    select _row, bool_or(field = 'email') as _taken_email,
        bool_or(field = 'passport') as _taken_passport,
        bool_or(field = 'number') as _taken_number
    from value_claim
    where is_refused
    group by _row
),
others as (
    select l._row, r._taken_email, w.email, r._taken_passport, w.Passport,
        r._taken_number, w.Number
    from refused r
    join stage w on w._row = r._row
    join stage l on l._known = w._known and l._loses
),
lost as (
    update stage s
    set
        _taken_email = o._taken_email, email = o.email,
        _taken_passport = o._taken_passport, Passport = o.Passport,
        _taken_number = o._taken_number, Number = o.Number,
        _action = 'rejected', _instance = null, _winner = null
    from others o
    where s._row = o._row
)
update stage s
set
    _taken_email = r._taken_email, _taken_passport = r._taken_passport,
        _taken_number = r._taken_number,
    _action = 'rejected', _instance = null
from refused r
where s._row = r._row