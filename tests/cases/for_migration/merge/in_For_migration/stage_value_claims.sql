-- Which unique values the rows of the stage want for their instances, as far as another row wants them too or another
-- instance has them; and which row gives them up there.
create temporary table value_claim on commit drop as
select
    w._row, w._known, w._in_id, w._is_weak, w.field, w.value, w.holder,
    h._row as giver, false as is_refused
from (
    
    select
        _row, _known, _in_id, _is_weak, 'mig1' as field,
        _wants_mig1 as value, _holder_mig1 as holder
    from stage
    where _wants_mig1 is not null and _action in ('created', 'changed') and (
        _holder_mig1 is not null
        or _wants_mig1 in (
            select _wants_mig1
            from stage
            where _wants_mig1 is not null
            group by _wants_mig1
            having count(*) > 1
        )
    )
) w
left join (
    
    select _row, _known, 'mig1' as field
    from stage
    where _gives_mig1 and _action in ('changed', 'removed')
) h on h._known = w.holder and h.field = w.field