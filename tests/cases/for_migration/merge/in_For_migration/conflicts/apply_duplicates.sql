-- The row that counts gets the values that it does not give from the rows behind it: the result is the same as merging
-- them one after the other.
update stage s
set _winner = null,
    mig2 = f.mig2,
    mig1 = f.mig1,
    _holder_mig1 = f._holder_mig1,
    _wants_mig1 = case
    when not false and (
        f._known_state is null or f._known_state = 'REMOVED'
        or f.mig1 is distinct from _old_mig1
    )
    then cast(f.mig1 as text)
end,
    _gives_mig1 = coalesce(f._known_state <> 'REMOVED' and _old_mig1 is not null and (
    false or f.mig1 is distinct from _old_mig1
), false),
    _action = case
        when f._known_state = 'REMOVED' or (g.mig2 is distinct from f.mig2 or g.mig1 is distinct from f.mig1)
        then 'changed'
        else 'unchanged'
    end
from (
    select
        (array_agg(mig2 order by _turn) filter (where _turn = 1))[1] as mig2,
        case
    when bool_or(not _removed and _sets_value[1]) then (array_agg(mig1 order by _turn) filter (where not _removed and _sets_value[1]))[1]
    else (array_agg(mig1 order by _turn) filter (where _turn = 1))[1]
end as mig1,
        case
    when bool_or(not _removed and _sets_value[1]) then (array_agg(_holder_mig1 order by _turn) filter (where not _removed and _sets_value[1]))[1]
    else (array_agg(_holder_mig1 order by _turn) filter (where _turn = 1))[1]
end as _holder_mig1,
        _known, min(_known_state) as _known_state, min(_row) filter (where _turn = 1) as _row
    from duplicate
    group by _known
    having not bool_and(_removed)
) f
join store_demo.bo_For_migration g on g._id = f._known
where s._row = f._row