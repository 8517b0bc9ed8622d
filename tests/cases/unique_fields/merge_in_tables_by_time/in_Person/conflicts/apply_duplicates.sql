-- The row that counts gets the values that it does not give from the rows behind it: the result is the same as merging
-- them one after the other.
update stage s
set _winner = null,
    email = f.email,
    Passport = f.Passport,
    Born = f.Born,
    Number = f.Number,
    _holder_email = f._holder_email,
    _wants_email = case
    when not false and (
        f._known_state is null or f._known_state = 'REMOVED'
        or lower(f.email) is distinct from lower(_old_email)
    )
    then cast(lower(f.email) as text)
end,
    _gives_email = coalesce(f._known_state <> 'REMOVED' and _old_email is not null and (
    false or lower(f.email) is distinct from lower(_old_email)
), false),
    _holder_passport = f._holder_passport,
    _wants_passport = case
    when not false and (
        f._known_state is null or f._known_state = 'REMOVED'
        or f.Passport is distinct from _old_passport
    )
    then cast(f.Passport as text)
end,
    _gives_passport = coalesce(f._known_state <> 'REMOVED' and _old_passport is not null and (
    false or f.Passport is distinct from _old_passport
), false),
    _holder_number = f._holder_number,
    _wants_number = case
    when not false and (
        f._known_state is null or f._known_state = 'REMOVED'
        or f.Number is distinct from _old_number
    )
    then cast(f.Number as text)
end,
    _gives_number = coalesce(f._known_state <> 'REMOVED' and _old_number is not null and (
    false or f.Number is distinct from _old_number
), false),
    _action = case
        when f._known_state = 'REMOVED' or (g.email is distinct from f.email or g.Passport is distinct from f.Passport
        or g.Born is distinct from f.Born or g.Number is distinct from f.Number)
        then 'changed'
        else 'unchanged'
    end
from (
    select
        case
    when bool_or(not _removed and _sets_value[1]) then (array_agg(email order by _time desc nulls last, _turn) filter (where not _removed and _sets_value[1]))[1]
    else (array_agg(email order by _turn) filter (where _turn = 1))[1]
end as email,
        case
    when bool_or(not _removed and _sets_value[2]) then (array_agg(Passport order by _time desc nulls last, _turn) filter (where not _removed and _sets_value[2]))[1]
    else (array_agg(Passport order by _turn) filter (where _turn = 1))[1]
end as Passport,
        case
    when bool_or(not _removed and _sets_value[3]) then (array_agg(Born order by _time desc nulls last, _turn) filter (where not _removed and _sets_value[3]))[1]
    else (array_agg(Born order by _turn) filter (where _turn = 1))[1]
end as Born,
        case
    when bool_or(not _removed and _sets_value[4]) then (array_agg(Number order by _turn) filter (where not _removed and _sets_value[4]))[1]
    else (array_agg(Number order by _turn) filter (where _turn = 1))[1]
end as Number,
        case
    when bool_or(not _removed and _sets_value[1]) then (array_agg(_holder_email order by _time desc nulls last, _turn) filter (where not _removed and _sets_value[1]))[1]
    else (array_agg(_holder_email order by _turn) filter (where _turn = 1))[1]
end as _holder_email,
        case
    when bool_or(not _removed and _sets_value[2]) then (array_agg(_holder_passport order by _time desc nulls last, _turn) filter (where not _removed and _sets_value[2]))[1]
    else (array_agg(_holder_passport order by _turn) filter (where _turn = 1))[1]
end as _holder_passport,
        case
    when bool_or(not _removed and _sets_value[4]) then (array_agg(_holder_number order by _turn) filter (where not _removed and _sets_value[4]))[1]
    else (array_agg(_holder_number order by _turn) filter (where _turn = 1))[1]
end as _holder_number,
        _known, min(_known_state) as _known_state, min(_row) filter (where _turn = 1) as _row
    from duplicate
    group by _known
    having not bool_or(_removed and _turn = 1)
) f
join store_demo.bo_Person g on g._id = f._known
where s._row = f._row