-- The faults of links; those without a row are of links that waited.
select row_id, in_table, in_id, column_name, code, value, severity, origin
from pg_temp.err
order by row_id, code
