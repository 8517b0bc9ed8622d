-- See mark_rows: rows that are unchanged since they were read and locked. A rejected row keeps the id it came with.
update {{ in_schema | ident }}.{{ table | ident }} i
set {{ marked | map(attribute="name") | idents | each("{0} = coalesce(m.{0}, i.{0})") | comma_list }}

from pg_temp.mark m
where i.ctid = m.source_row and i.xmin = m.version
