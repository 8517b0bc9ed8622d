-- Refuses the rows that give a value whose claim is refused. If none of an instance's rows gives it, the instance wants
-- it back because of its state: then the rows that give the state are refused.
with
claims as materialized (
    select _row, _group, field, value from value_claim where is_refused
),
several as materialized (
    select d.* from duplicate d join stage s on s._row = d._row and s._action <> 'rejected'
),
claimants as materialized (
    select c._row, c._group, c.field
    from claims c
    where c._row not in (select _row from several)
    union all
    select d._row, c._group, c.field
    from claims c
    join several d on d._group = c._group and cast(lower(d.email) as text) = c.value
    where c.field = 'email' and not d._removed and d._sets_value[1]
    union all
    select d._row, c._group, c.field
    from claims c
    join several d on d._group = c._group and cast(d.Passport as text) = c.value
    where c.field = 'passport' and not d._removed and d._sets_value[2]
    union all
    select d._row, c._group, c.field
    from claims c
    join several d on d._group = c._group and cast(d.Number as text) = c.value
    where c.field = 'number' and not d._removed and d._sets_value[4]
),
returning_ones as (
    select d._row, c.field
    from (select _group, field from claims except select _group, field from claimants) c
    join several d on d._group = c._group
    where d._given_state <> 'REMOVED' and not d._removed
)
update stage s
set
    _taken_email = s._taken_email or r._taken_email,
        _taken_passport = s._taken_passport or r._taken_passport,
        _taken_number = s._taken_number or r._taken_number,
    _action = 'rejected', _loses = false, _instance = null
from (
    select _row, bool_or(field = 'email') as _taken_email,
        bool_or(field = 'passport') as _taken_passport,
        bool_or(field = 'number') as _taken_number
    from (select _row, field from claimants union all select _row, field from returning_ones) both_kinds
    group by _row
) r
where s._row = r._row