-- Of several instances that want one value that of the first row with it gets it; in a source without order that of
-- the lowest external id.
update value_claim w
set is_refused = true
from (
    select c._row, c.field, rank() over (
        partition by c.field, c.value
        order by coalesce(d._row, c._row)
    ) as n
    from value_claim c
    left join (
        
        select d._group, 'email' as field,
            cast(lower(d.email) as text) as value, min(d._row) as _row
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
        where not d._removed and d._sets_value[1] and d.email is not null
        group by d._group, lower(d.email)
        union all
        select d._group, 'passport' as field,
            cast(d.Passport as text) as value, min(d._row) as _row
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
        where not d._removed and d._sets_value[2] and d.Passport is not null
        group by d._group, d.Passport
        union all
        select d._group, 'number' as field,
            cast(d.Number as text) as value, min(d._row) as _row
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
        where not d._removed and d._sets_value[4] and d.Number is not null
        group by d._group, d.Number

    ) d on d._group = c._group and d.field = c.field and d.value = c.value
) r
where r.n > 1 and w._row = r._row and w.field = r.field