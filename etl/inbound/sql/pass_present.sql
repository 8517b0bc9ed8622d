-- Rows whose link is there already are done.
{% from "chunk.jinja" import links_within %}
update {{ in_schema | ident }}.{{ in_table | ident }} l
set in_status = 'DONE'
from {{ store_schema | ident }}.{{ owner_golden | ident }} o, {{ store_schema | ident }}.{{ target_golden | ident }} t,
    {{ store_schema | ident }}.{{ golden_link | ident }} g
where l.in_status = 'ON_WORK'{{ links_within(chunk) }}
  and o._in_id = l.{{ owner_column | ident }} collate "C" and t._in_id = l.{{ target_column | ident }} collate "C"
  and g._owner = o._id and g._target = t._id
