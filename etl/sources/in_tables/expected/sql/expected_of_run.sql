-- In the order in which the partner wrote them.
select in_table, full_set, compare, rows, column_name, column_sum
from {{ in_schema | ident }}.process_expected
where run = :run
order by id
