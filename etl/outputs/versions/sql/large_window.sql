-- Whether more than so many changes have come since the position: reads no more of them than that.
{% from "window.jinja" import begun_since, seen %}
select true as found
from {{ store_schema | ident }}.journal j
where {{ begun_since("j") }}
  and {{ seen("j") }}
order by j.written_by
offset :rows limit 1
