-- Some of a run's errors, to look at.
select in_table, row_id, in_id, column_name, code, message, value, severity
from {{ schema | ident }}.err
where run = :run
order by id
limit :limit
