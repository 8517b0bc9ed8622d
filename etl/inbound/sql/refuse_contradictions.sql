-- Rows without an external id that name one instance by out_id and say different things: nothing says which one counts.
update stage s
set _action = 'rejected', _fault = 'OUT_ID_TWICE', _instance = null
from (
    select _known
    from stage
    where _in_id is null and _known is not null and not _removed and _action <> 'rejected'
    group by _known
    having count(distinct row(_action{% for field in fields %}, {{ field.column }}{% endfor %}{% for field in waiting %}, _file_{{ loop.index0 }}{% endfor %})) > 1
) d
where s._known = d._known and s._in_id is null and not s._removed and s._action <> 'rejected'
