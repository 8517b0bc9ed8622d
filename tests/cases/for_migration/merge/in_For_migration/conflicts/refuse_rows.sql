-- A row whose claim on a unique value is refused is refused itself, with the other rows of its instance.
with refused as (
    select _row, bool_or(field = 'mig1') as _taken_mig1
    from value_claim
    where is_refused
    group by _row
),
others as (
    select l._row, r._taken_mig1, w.mig1
    from refused r
    join stage w on w._row = r._row
    join stage l on l._known = w._known and l._loses
),
lost as (
    update stage s
    set
        _taken_mig1 = o._taken_mig1, mig1 = o.mig1,
        _action = 'rejected', _instance = null, _winner = null
    from others o
    where s._row = o._row
)
update stage s
set
    _taken_mig1 = r._taken_mig1,
    _action = 'rejected', _instance = null
from refused r
where s._row = r._row