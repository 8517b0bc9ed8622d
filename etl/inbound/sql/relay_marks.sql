-- What became of the rows that came; they are still locked where they came from. Some are marked where they stand.
-- In the order of their places there, so that page after page is written.
select place, version{% for column in marked %}, {{ column.name | ident }}{% endfor %}

from pg_temp.mark
union all
select _place, _version{% for column in marked %}, {{ column.name | ident }}{% endfor %}

from pg_temp.{{ table | ident }}
where _place is not null and {{ "uploaded" if kind == "files" else "in_status <> 'ON_WORK'" }}
order by 1
