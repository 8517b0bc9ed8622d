-- The run's errors with their numbers and dates.
select id, run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity, created_at
from {{ in_schema | ident }}.err
where run = :run
