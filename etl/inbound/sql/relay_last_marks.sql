-- As relay_marks, when the merge is over: also what was marked where it stands.
select place, version{% for column in marked %}, {{ column.name | ident }}{% endfor %}

from pg_temp.mark
union all
select _place, _version{% for column in marked %}, {{ column.name | ident }}{% endfor %}

from pg_temp.{{ table | ident }}
where _place is not null and {{ "uploaded" if kind == "files" else "in_status <> 'ON_WORK'" }}
order by 1
