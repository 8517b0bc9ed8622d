-- Errors for the import's own table.
select run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity
from pg_temp.err
where row_id is not null
union all
select run, in_table, null, in_id, column_name, code, message, message_rus, value, severity
from {{ store_schema | ident }}.relay_err
where run = :run and seq = :seq
