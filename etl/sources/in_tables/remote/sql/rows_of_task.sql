-- A task's rows as they are now. From here on they are locked, so that the copies stay equal until the import's
-- transaction ends. Long values follow in slices.
{% from "row_of_task.jinja" import is_row_of_task %}
select
{% for column in copied_columns %}
{% if column in long %}
    case when octet_length(i.{{ column.name | ident }}) <= {{ inline_bytes }} then i.{{ column.name | ident }} end,
{% else %}
    i.{{ column.name | ident }},
{% endif %}
{% endfor %}
    i.ctid, i.xmin
from {{ in_schema | ident }}.{{ table | ident }} i
where {{ is_row_of_task(kind, chunk) }}
for update
