-- The rows of instances that several rows name by their ids, with all their values. In turn 1 is the row that counts: a
-- row with values before one that removes, and the highest external id.
create temporary table duplicate on commit drop as
select
    s._row, s._known, s._in_id, s._removed, s._action,
    row_number() over (partition by s._known order by s._comes_later, s._removed, s._in_id desc nulls last, s._row) as _turn,
    s._sets_value,
    s._time,
    s._holder_email,
    s._holder_passport,
    s._holder_number,
    case
        when s._action in ('created', 'changed') then s.email
        else g.email
    end as email,
    case
        when s._action in ('created', 'changed') then s.Passport
        else g.Passport
    end as Passport,
    case
        when s._action in ('created', 'changed') then s.Born
        else g.Born
    end as Born,
    case
        when s._action in ('created', 'changed') then s.Number
        else g.Number
    end as Number,
    g._state as _known_state
from (
    select
        o.*,
        (o._removed and o._time > coalesce(
            max(o._time) filter (where not o._removed) over (partition by o._known), '-infinity'
        )) is not true as _comes_later
    from stage o
    where not o._is_weak and o._action <> 'rejected' and not o._stale
) s
join store_demo.bo_Person g on g._id = s._known
where not s._is_weak and s._action <> 'rejected' and s._known in (
    select _known
    from stage
    where not _is_weak and _known is not null and _action <> 'rejected' and not _stale
    group by _known
    having count(*) > 1
)