-- Refuses the rows that give a value whose claim is refused. If none of an instance's rows gives it, its state makes the
-- instance want it back: then those that give the state are refused.
with
claimants as (
    select c._row, c.field
    from value_claim c
    where c.is_refused and c._row not in (select _row from duplicate)
    union
    select d._row, c.field
    from value_claim c
    join duplicate d on d._group = c._group
    where c.is_refused and c.field = 'email'
      and not d._removed and d._brings[1] and cast(lower(d.email) as text) = c.value
    union
    select d._row, c.field
    from value_claim c
    join duplicate d on d._group = c._group
    where c.is_refused and c.field = 'passport'
      and not d._removed and d._brings[2] and cast(d.Passport as text) = c.value
    union
    select d._row, c.field
    from value_claim c
    join duplicate d on d._group = c._group
    where c.is_refused and c.field = 'number'
      and not d._removed and d._brings[4] and cast(d.Number as text) = c.value
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
    _taken_email = s._taken_email or r._taken_email, _taken_passport = s._taken_passport or r._taken_passport, _taken_number = s._taken_number or r._taken_number,
    _action = 'rejected', _loses = false, _instance = null
from (
    select _row, bool_or(field = 'email') as _taken_email, bool_or(field = 'passport') as _taken_passport, bool_or(field = 'number') as _taken_number
    from (select _row, field from claimants union select _row, field from returning_ones) both_kinds
    group by _row
) r
where s._row = r._row and s._action <> 'rejected'