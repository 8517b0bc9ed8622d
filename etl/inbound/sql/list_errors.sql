-- Chosen errors, the newest first; the index on (run, id) has this order.
{% from "chosen.jinja" import chosen %}
select e.id, e.run, e.in_table, e.row_id, e.in_id, e.column_name, e.code, e.value, e.severity, e.message, e.message_rus,
    e.created_at
from {{ schema | ident }}.err e
where {{ chosen(choice) }}
order by e.run desc, e.id desc
limit :limit
