-- See mark_rows: rows that still stand as they were read, which locked them. A rejected row keeps the id it came with.
update {{ in_schema | ident }}.{{ table | ident }} i
set {% for column in marked %}{{ column.name | ident }} = coalesce(m.{{ column.name | ident }}, i.{{ column.name | ident }}){{ ", " if not loop.last }}{% endfor %}

from pg_temp.mark m
where i.ctid = m.place and i.xmin = m.version
