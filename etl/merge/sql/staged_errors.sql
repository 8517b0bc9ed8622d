-- The faults of the rows, and messages about them, in their order.
select row_id, in_id, column_name, code, message, message_rus, value, severity
from pg_temp.err
order by row_id, column_name, code
