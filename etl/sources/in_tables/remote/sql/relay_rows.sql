-- A task's rows as they are now. From here on they are locked, so that the copies stay equal until the import's
-- transaction ends. Long values follow in slices.
{% from "relayed.jinja" import relayed %}
select
{% for column in travelling %}
{% if column in long %}
    case when octet_length(i.{{ column.name | ident }}) <= {{ inline_bytes }} then i.{{ column.name | ident }} end,
{% else %}
    i.{{ column.name | ident }},
{% endif %}
{% endfor %}
    i.ctid, i.xmin
from {{ in_schema | ident }}.{{ table | ident }} i
where {{ relayed(kind, chunk) }}
for update
