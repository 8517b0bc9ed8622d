-- The newest errors about an external id. They are found by their index on it, and ordered then: asked for in the order
-- of runs at once, the server may read the errors of all runs, the newest first.
with found as materialized (
    select e.id, e.run, e.column_name, e.code, e.value, e.severity, e.message, e.message_rus, e.created_at
    from {{ in_schema | ident }}.err e
    where e.in_table = :in_table and e.in_id = :in_id
)
select cast(f.id as text) as id, cast(f.run as text) as run, f.column_name, f.code, f.value, f.severity, f.message,
    f.message_rus, f.created_at
from found f
order by f.run desc, f.id desc
limit 10
