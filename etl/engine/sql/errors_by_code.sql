-- Errors of a run, the most frequent first.
select in_table, code, column_name, severity, count(*) as rows
from {{ schema | ident }}.err
where run = :run
group by in_table, code, column_name, severity
order by count(*) desc, in_table, code
