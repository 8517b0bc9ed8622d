-- Errors for the import's table. Kept errors without a copied row are sent by a table's first task, or slice; the
-- others are sent with their rows, unless the repetition reports them itself.
select run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity
from pg_temp.err
where row_id is not null or is_of_link_row
{% if chunk.first is none %}
union all
select run, in_table, null, in_id, column_name, code, message, message_rus, value, severity
from {{ store_schema | ident }}.remote_err
where run = :run and seq = :seq and row_id is null
{% endif %}
{% if kind in ("rows", "dependent rows") %}
union all
select k.run, k.in_table, k.row_id, k.in_id, k.column_name, k.code, k.message, k.message_rus, k.value, k.severity
from {{ store_schema | ident }}.remote_err k
where k.run = :run and k.seq = :seq and k.row_id in (select id from pg_temp.{{ table | ident }})
  and not exists (select from pg_temp.err e where e.row_id = k.row_id and e.code = k.code)
{% endif %}
