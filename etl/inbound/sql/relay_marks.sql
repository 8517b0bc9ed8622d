-- What became of the rows that came; they are still locked where they came from.
select _place, _version{% for column in marked %}, {{ column.name | ident }}{% endfor %}

from pg_temp.{{ table | ident }}
where _place is not null and {{ "uploaded" if kind == "files" else "in_status <> 'ON_WORK'" }}
