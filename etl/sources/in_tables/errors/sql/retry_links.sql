-- As retry_rows; a link row has no id, its ends are its key.
{% from "chosen.jinja" import chosen %}
update {{ in_schema | ident }}.{{ in_table | ident }} l
set in_status = ''
from {{ schema | ident }}.err e
where e.in_table = :in_table and e.severity = 'error' and {{ chosen(choice) }}
  and l.{{ link.owner_column | ident }} = e.in_id and l.{{ link.target_column | ident }} = e.value
  and l.in_status = 'ERROR'
