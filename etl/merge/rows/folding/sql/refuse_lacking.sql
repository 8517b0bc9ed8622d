-- A new instance of a system object needs a value of its own fields from its first row on: rows before the first that
-- has one are refused, later ones are not asked.
with first as (
    select _group, min(_row) as _row
    from stage
    where _action <> 'rejected' and _known is null and not _removed and not _lacks_system
    group by _group
)
update stage s
set _action = 'rejected', _fault = 'SYSTEM_FIELD_MISSING', _instance = null
from stage l
left join first f on f._group = l._group
where s._row = l._row and l._known is null and l._action <> 'rejected' and not l._removed and l._lacks_system
  and (f._row is null or l._row < f._row)
