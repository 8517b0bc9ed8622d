-- A row that gives a value which another instance has is refused too where a later row of its own instance gives
-- another one: where no row of that instance gives the value up, or an earlier row gives it to that instance. A row
-- that comes while its own instance is REMOVED wants nothing.
with
accepted as materialized (
    select d.*
    from (
        select
            d.*,
            max(d._row) filter (where d._removed or d._given_state is not null)
                over (partition by d._group order by d._row) as _state_row
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
    ) d
    left join duplicate t on t._row = d._state_row
    where case when t._removed then 'REMOVED' else coalesce(t._given_state, d._known_state, 'ACTUAL') end <> 'REMOVED'
),
given as materialized (
    
    select d._row, d._group, 'email' as field,
        cast(lower(d.email) as text) as value,
        d._holder_email as holder
    from accepted d
    where not d._removed and d._sets_value[1] and d.email is not null
    union all
    select d._row, d._group, 'passport' as field,
        cast(d.Passport as text) as value,
        d._holder_passport as holder
    from accepted d
    where not d._removed and d._sets_value[2] and d.Passport is not null
    union all
    select d._row, d._group, 'number' as field,
        cast(d.Number as text) as value,
        d._holder_number as holder
    from accepted d
    where not d._removed and d._sets_value[4] and d.Number is not null
),
latest as materialized (
        
        select d._group, 'email' as field,
            cast(lower(d.email) as text) as value, max(d._row) as _row
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
        where not d._removed and d._sets_value[1] and d.email is not null
        group by d._group, lower(d.email)
        union all
        select d._group, 'passport' as field,
            cast(d.Passport as text) as value, max(d._row) as _row
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
        where not d._removed and d._sets_value[2] and d.Passport is not null
        group by d._group, d.Passport
        union all
        select d._group, 'number' as field,
            cast(d.Number as text) as value, max(d._row) as _row
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
        where not d._removed and d._sets_value[4] and d.Number is not null
        group by d._group, d.Number

),
overwritten as (
    
    select o._row, o.field
    from given o
    where o.field = 'email' and o.holder is not null
      and not exists (
          select from stage h
          where h._known = o.holder and h._gives_email and h._action in ('changed', 'removed')
      )
      and not exists (
          select from duplicate h join stage s on s._row = h._row and s._action <> 'rejected'
          where h._known = o.holder and h._gives_email
      )
    union all
    select o._row, o.field
    from given o
    join stage w
        on w._wants_email = o.value and w._group <> o._group and w._action in ('created', 'changed')
    left join latest f on f._group = w._group and f.field = o.field and f.value = o.value
    where o.field = 'email' and coalesce(f._row, w._row) < o._row
    union all
    select o._row, o.field
    from given o
    where o.field = 'passport' and o.holder is not null
      and not exists (
          select from stage h
          where h._known = o.holder and h._gives_passport and h._action in ('changed', 'removed')
      )
      and not exists (
          select from duplicate h join stage s on s._row = h._row and s._action <> 'rejected'
          where h._known = o.holder and h._gives_passport
      )
    union all
    select o._row, o.field
    from given o
    join stage w
        on w._wants_passport = o.value and w._group <> o._group and w._action in ('created', 'changed')
    left join latest f on f._group = w._group and f.field = o.field and f.value = o.value
    where o.field = 'passport' and coalesce(f._row, w._row) < o._row
    union all
    select o._row, o.field
    from given o
    where o.field = 'number' and o.holder is not null
      and not exists (
          select from stage h
          where h._known = o.holder and h._gives_number and h._action in ('changed', 'removed')
      )
      and not exists (
          select from duplicate h join stage s on s._row = h._row and s._action <> 'rejected'
          where h._known = o.holder and h._gives_number
      )
    union all
    select o._row, o.field
    from given o
    join stage w
        on w._wants_number = o.value and w._group <> o._group and w._action in ('created', 'changed')
    left join latest f on f._group = w._group and f.field = o.field and f.value = o.value
    where o.field = 'number' and coalesce(f._row, w._row) < o._row
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
    from overwritten
    group by _row
) r
where s._row = r._row