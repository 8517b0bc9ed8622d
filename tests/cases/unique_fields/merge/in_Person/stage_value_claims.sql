-- Which unique values the rows of the stage want for their instances, as far as another row wants them too or another
-- instance has them; and which row gives them up there.
create temporary table value_claim on commit drop as
select
    w._row, w._known, w._in_id, w._is_weak, w.field, w.value, w.holder,
    h._row as giver, false as is_refused
from (
    
    select
        _row, _known, _in_id, _is_weak, 'email' as field,
        _wants_email as value, _holder_email as holder
    from stage
    where _wants_email is not null and _action in ('created', 'changed') and (
        _holder_email is not null
        or _wants_email in (
            select _wants_email
            from stage
            where _wants_email is not null
            group by _wants_email
            having count(*) > 1
        )
    )
    union all
    select
        _row, _known, _in_id, _is_weak, 'passport' as field,
        _wants_passport as value, _holder_passport as holder
    from stage
    where _wants_passport is not null and _action in ('created', 'changed') and (
        _holder_passport is not null
        or _wants_passport in (
            select _wants_passport
            from stage
            where _wants_passport is not null
            group by _wants_passport
            having count(*) > 1
        )
    )
    union all
    select
        _row, _known, _in_id, _is_weak, 'number' as field,
        _wants_number as value, _holder_number as holder
    from stage
    where _wants_number is not null and _action in ('created', 'changed') and (
        _holder_number is not null
        or _wants_number in (
            select _wants_number
            from stage
            where _wants_number is not null
            group by _wants_number
            having count(*) > 1
        )
    )
) w
left join (
    
    select _row, _known, 'email' as field
    from stage
    where _gives_email and _action in ('changed', 'removed')
    union all
    select _row, _known, 'passport' as field
    from stage
    where _gives_passport and _action in ('changed', 'removed')
    union all
    select _row, _known, 'number' as field
    from stage
    where _gives_number and _action in ('changed', 'removed')
) h on h._known = w.holder and h.field = w.field