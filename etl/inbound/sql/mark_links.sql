-- As mark_rows: only rows that still stand as they were staged.
{% from "chunk.jinja" import links_within %}
update {{ in_schema | ident }}.{{ in_table | ident }} l
set in_status = case when s.owner is null or s.target is null then 'WAITING' else 'DONE' end
from stage s
where l.ctid = s._place and l.xmin = s._version{{ links_within(chunk) }}
