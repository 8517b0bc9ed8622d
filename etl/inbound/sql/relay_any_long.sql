-- Whether any value must come in slices: each of these reads all rows.
{% from "relayed.jinja" import relayed %}
select 1 as found
from {{ in_schema | ident }}.{{ table | ident }} i
where {{ relayed(kind, chunk) }}
  and ({% for column in long %}{{ " or " if not loop.first }}octet_length(i.{{ column.name | ident }}) > {{ inline_bytes }}{% endfor %})
limit 1
