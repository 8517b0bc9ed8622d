-- The faults of a run, as the partner finds them.
select in_table, row_id, in_id, code, column_name, value, message
from {{ in_schema | ident }}.err
where run = :run
order by id
