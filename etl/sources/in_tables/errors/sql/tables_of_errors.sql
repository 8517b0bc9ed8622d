-- The tables of the selected errors; the row of a warning was taken.
{% from "chosen.jinja" import chosen %}
select e.in_table, count(*) as errors
from {{ schema | ident }}.err e
where e.severity = 'error' and {{ chosen(choice) }}
group by e.in_table
order by e.in_table
