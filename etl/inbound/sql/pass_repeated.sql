-- Rows that say what the store has already are done.
{% from "repeated.jinja" import claimed, repeated, sound %}
update {{ in_schema | ident }}.{{ in_table | ident }} i
set in_status = 'DONE', out_id = g._id
from {{ store_schema | ident }}.{{ golden | ident }} g
where {{ claimed(chunk, "ON_WORK") }} and {{ sound(fields, system) }}
  and g._in_id = i.in_id collate "C" and {{ repeated(fields, keep_on_null) }}
