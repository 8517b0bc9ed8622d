-- The newest errors about an external id, by their index on it.
select cast(e.id as text) as id, cast(e.run as text) as run, e.column_name, e.code, e.value, e.severity, e.message,
    e.message_rus, e.created_at
from {{ in_schema | ident }}.err e
where e.in_table = :in_table and e.in_id = :in_id
order by e.run desc, e.id desc
limit 10
