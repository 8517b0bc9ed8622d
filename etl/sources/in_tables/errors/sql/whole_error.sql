-- One error with all that it says. In the store several imports may each have one of this number: the newest.
select e.id, e.run, e.in_table, e.row_id, e.in_id, e.column_name, e.code, e.value, e.severity, e.message, e.message_rus,
    e.created_at
from {{ schema | ident }}.err e
where e.id = :id
order by e.run desc
limit 1
