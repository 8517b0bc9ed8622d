-- Marks rows that repeat what the store has as done.
{% from "chunk.jinja" import claimed %}
{% from "repeated.jinja" import repeated, sound %}
update {{ in_schema | ident }}.{{ in_table | ident }} i
set in_status = 'DONE', out_id = g._id
from {{ store_schema | ident }}.{{ golden | ident }} g
where {{ claimed(chunk) }} and {{ sound(fields, system) }}
  and g._in_id = i.in_id collate "C" and {{ repeated(fields, keep_on_null) }}
