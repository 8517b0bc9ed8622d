-- Whether a claimed link row removes its link.
{% from "chunk.jinja" import links_within %}
select 1 as found
from {{ in_schema | ident }}.{{ in_table | ident }} l
where l.in_status = 'ON_WORK' and l.removed{{ links_within(chunk) if chunk }}
limit 1
