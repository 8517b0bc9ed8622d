-- Which tables the chosen errors are of; a warning's row was taken.
{% from "chosen.jinja" import chosen %}
select e.in_table, count(*) as errors
from {{ schema | ident }}.err e
where e.severity = 'error' and {{ chosen(choice) }}
group by e.in_table
order by e.in_table
