-- Rows without an external id that name one instance by out_id and differ: none of them takes precedence.
update stage s
set _action = 'rejected', _fault = 'OUT_ID_TWICE', _instance = null
from (
    select distinct o._known
    from (select distinct on (_known) * from stage i where i._in_id is null and i._known is not null and not i._removed
    and i._action <> 'rejected' and not i._stale order by _known, _row) f
    join stage o on o._known = f._known and o._row <> f._row
    where o._in_id is null and o._known is not null and not o._removed
    and o._action <> 'rejected' and not o._stale and (
        o._action <> f._action
        or o.email is distinct from f.email
        or o.Passport is distinct from f.Passport
        or o.Born is distinct from f.Born
        or o.Number is distinct from f.Number
    )
) d
where s._known = d._known and s._in_id is null and s._known is not null and not s._removed
    and s._action <> 'rejected' and not s._stale