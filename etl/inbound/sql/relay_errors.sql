-- Errors for the import's own table. Those that are kept are of no row that came: a table's first task, or slice, has
-- them.
select run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity
from pg_temp.err
where row_id is not null or is_of_link_row
{% if chunk.first is none %}
union all
select run, in_table, null, in_id, column_name, code, message, message_rus, value, severity
from {{ store_schema | ident }}.relay_err
where run = :run and seq = :seq
{% endif %}
