-- Which unique values the rows of the stage want for their instances, as far as another row wants them too or another
-- instance has them; and which row gives them up there.
create temporary table wish on commit drop as
select w._row, w._known, w._in_id, w._is_weak, w.k, w.value, w.holder, h._row as giver, false as is_refused
from (
    
    select _row, _known, _in_id, _is_weak, 0 as k, _wants_0 as value, _holder_0 as holder
    from stage
    where _wants_0 is not null and _action in ('created', 'changed') and (
        _holder_0 is not null
        or _wants_0 in (
            select _wants_0 from stage where _wants_0 is not null group by _wants_0 having count(*) > 1
        )
    )
) w
left join (
    
    select _row, _known, 0 as k from stage where _gives_0 and _action in ('changed', 'removed')
) h on h._known = w.holder and h.k = w.k