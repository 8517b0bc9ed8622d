-- Whether any value must come in slices: each of these reads all rows.
{% from "window.jinja" import window %}
{% from "mirror.jinja" import changed %}
select 1 as found
from {{ schema | ident }}.{{ golden | ident }} g
where {{ changed(schema, is_link, is_all, window) }}
  and ({% for column in long %}{{ " or " if not loop.first }}octet_length(g.{{ column.name | ident }}) > {{ inline_bytes }}{% endfor %})
limit 1
