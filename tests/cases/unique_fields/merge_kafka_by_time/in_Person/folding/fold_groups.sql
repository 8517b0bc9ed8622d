-- Folds the accepted rows of each instance: per field the last row that gives it counts, and the last state. The result
-- is in the stage's last row of the instance, the others change nothing by themselves. A row that removes what is not
-- there yet takes no part.
with
accepted as (
    select d.*
    from (
        select
            d.*,
            d._known is not null or bool_or(not d._removed) over (
                partition by d._group order by d._row
            ) as _is_there,
            max(d._time) over (
                partition by d._group order by d._row rows between unbounded preceding and 1 preceding
            ) as _before
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
    ) d
    where d._is_there
),
timed as (
    select
        *, case when _removed and _time is null then greatest(_state_time, _before) else _state_time end as _at,
        coalesce(_removed and _time < _before, false) as _removes_newer
    from accepted
),
stated as (
    select *, max(
        case
            when (_removed or _given_state is not null) and not _removes_newer
            then array[coalesce(extract(epoch from _at), '-infinity'), _row, cast(_removed as int)]
        end
    ) over (partition by _group order by _row rows between unbounded preceding and 1 preceding) as _state_before
    from timed
),
judged as (
    select
        *, _removes_newer or coalesce(
            not _removed and _state_before[3] = 1
            and _state_before[1] > coalesce(extract(epoch from _time), '-infinity'), false
        ) as _is_late
    from stated
),
latest as (
    select
        bool_or(not _removed and _sets_value[1]) as _has_email,
        (array_agg(email order by _time desc nulls last, _row desc) filter (where not _removed and _sets_value[1]))[1]
            as email,
        bool_or(not _removed and _sets_value[2]) as _has_passport,
        (array_agg(Passport order by _time desc nulls last, _row desc) filter (where not _removed and _sets_value[2]))[1]
            as Passport,
        bool_or(not _removed and _sets_value[3]) as _has_born,
        (array_agg(Born order by _ranks[3], _time desc nulls last, _row desc) filter (where not _removed and _sets_value[3]))[1]
            as Born,
        bool_or(not _removed and _sets_value[4]) as _has_number,
        (array_agg(Number order by _row desc) filter (where not _removed and _sets_value[4]))[1]
            as Number,
        case when bool_or(not _removed and _sets_value[1])
            then (array_agg(_holder_email order by _time desc nulls last, _row desc) filter (where not _removed and _sets_value[1]))[1]
            else max(_holder_email)
        end as _holder_email,
        case when bool_or(not _removed and _sets_value[2])
            then (array_agg(_holder_passport order by _time desc nulls last, _row desc) filter (where not _removed and _sets_value[2]))[1]
            else max(_holder_passport)
        end as _holder_passport,
        case when bool_or(not _removed and _sets_value[4])
            then (array_agg(_holder_number order by _row desc) filter (where not _removed and _sets_value[4]))[1]
            else max(_holder_number)
        end as _holder_number,
        coalesce(
            (array_agg(case when _removed then 'REMOVED' else _given_state end order by _at desc nulls last, _row desc) filter (where _removed or _given_state is not null))[1],
            min(_known_state),
            'ACTUAL'
        ) as _state,
        bool_or(_says_state) as _says_state, max(_at) filter (where _says_state) as _at,
        _group, min(_known) as _known, min(_known_state) as _known_state, min(_new_instance) as _new_instance,
        (array_agg(_row order by _row desc))[1] as _row
    from judged where not _is_late
    group by _group
),
folded as (
    select
        l._group, l._known, l._known_state, l._state, l._new_instance, l._row, l._says_state, l._at,
        l._holder_email,
        l._holder_passport,
        l._holder_number,
        case when l._has_email then l.email else g.email end
            as email,
        case when l._has_passport then l.Passport else g.Passport end
            as Passport,
        case when l._has_born then l.Born else g.Born end
            as Born,
        case when l._has_number then l.Number else g.Number end
            as Number,
        ((l._has_email and l.email is distinct from g.email)
        or (l._has_passport and l.Passport is distinct from g.Passport)
        or (l._has_born and l.Born is distinct from g.Born)
        or (l._has_number and l.Number is distinct from g.Number)) as _differs
    from latest l
    left join store_demo.bo_Person g on g._id = l._known
),
others as (
    update stage s
    set
        _loses = true, _action = 'unchanged',
        _stale = coalesce(a._is_late, false), _says_state = d._says_state, _state_time = d._state_time,
        _holder_email = null, _wants_email = null, _gives_email = false,
        _holder_passport = null, _wants_passport = null, _gives_passport = false,
        _holder_number = null, _wants_number = null, _gives_number = false,
        _instance = case when a._row is not null then coalesce(f._known, f._new_instance) end
    from duplicate d
    left join folded f on f._group = d._group
    left join judged a on a._row = d._row
    where s._row = d._row and s._action <> 'rejected' and d._row is distinct from f._row
)
update stage s
set
    _loses = false,
    _stale = false, _says_state = f._says_state, _state_time = f._at,
    email = f.email,
    Passport = f.Passport,
    Born = f.Born,
    Number = f.Number,
    _holder_email = f._holder_email,
    _wants_email = case
    when not (f._state = 'REMOVED') and (
        f._known_state is null or f._known_state = 'REMOVED'
        or lower(f.email) is distinct from lower(_old_email)
    )
    then cast(lower(f.email) as text)
end,
    _gives_email = coalesce(f._known_state <> 'REMOVED' and _old_email is not null and (
    (f._state = 'REMOVED') or lower(f.email) is distinct from lower(_old_email)
), false),
    _holder_passport = f._holder_passport,
    _wants_passport = case
    when not (f._state = 'REMOVED') and (
        f._known_state is null or f._known_state = 'REMOVED'
        or f.Passport is distinct from _old_passport
    )
    then cast(f.Passport as text)
end,
    _gives_passport = coalesce(f._known_state <> 'REMOVED' and _old_passport is not null and (
    (f._state = 'REMOVED') or f.Passport is distinct from _old_passport
), false),
    _holder_number = f._holder_number,
    _wants_number = case
    when not (f._state = 'REMOVED') and (
        f._known_state is null or f._known_state = 'REMOVED'
        or f.Number is distinct from _old_number
    )
    then cast(f.Number as text)
end,
    _gives_number = coalesce(f._known_state <> 'REMOVED' and _old_number is not null and (
    (f._state = 'REMOVED') or f.Number is distinct from _old_number
), false),
    _state = f._state,
    _action = case
        when f._known is null then 'created'
        when f._state = 'REMOVED' and f._known_state <> 'REMOVED' then 'removed'
        when f._state <> f._known_state or f._differs then 'changed'
        else 'unchanged'
    end,
    _instance = coalesce(f._known, f._new_instance)
from folded f
where s._row = f._row