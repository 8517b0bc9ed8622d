-- The rows of a staged table that are of one instance with others, with all that each says: what is folded of them is
-- written into the stage, and folded again when one of them is refused.
create temporary table duplicate on commit drop as
select
    s._row, s._group, s._known, s._known_state, s._in_id, s._removed, s._given_state,
    s._sets_value,
    s._ranks,
    s._time, s._says_state, s._state_time,
    s._holder_email, s._old_email, s._gives_email,
    s._holder_passport, s._old_passport, s._gives_passport,
    s._holder_number, s._old_number, s._gives_number,
    case
        when s._action in ('created', 'changed', 'removed') then s.email
        else g.email
    end as email,
    case
        when s._action in ('created', 'changed', 'removed') then s.Passport
        else g.Passport
    end as Passport,
    case
        when s._action in ('created', 'changed', 'removed') then s.Born
        else g.Born
    end as Born,
    case
        when s._action in ('created', 'changed', 'removed') then s.Number
        else g.Number
    end as Number,
    s._instance as _new_instance -- last, as an object may have links alone
from stage s
left join store_demo.bo_Person g on g._id = s._known
where s._action <> 'rejected' and not s._stale and s._group in (
    select _group from stage where _action <> 'rejected' and not _stale group by _group having count(*) > 1
)