-- Whether more changes than `rows` have come since the position: no more than these are read.
{% from "window.jinja" import begun_since, seen %}
select true as found
from {{ store_schema | ident }}.journal j
where {{ begun_since("j") }}
  and {{ seen("j") }}
order by j.written_by
offset :rows limit 1
