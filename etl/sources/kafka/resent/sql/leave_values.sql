-- Rows that were sent back give only what was not changed since.
update pg_temp.{{ table | ident }} i
set _given = t.given,
    _state = case when not t.keeps_state then i._state end,
    removed = case when not t.keeps_state then i.removed else false end
from unnest(cast(:ids as bigint[]), cast(:given as bytea[]), cast(:keeps_state as boolean[]))
    as t (id, given, keeps_state)
where i.id = t.id
