-- The newest errors about an external id. They are found by their index on it, and ordered then: asked for in the order
-- of runs at once, the server may read the errors of all runs, the newest first. Table and id are kept from the
-- planner: by statistics of before a run, which knew no errors of the table, the index of tables and codes looks as
-- good to it as that of tables and ids, and all errors of the table were read.
with asked as materialized (
    select cast(:in_table as text) as in_table, cast(:in_id as text) as in_id
),
found as materialized (
    select e.id, e.run, e.column_name, e.code, e.value, e.severity, e.message, e.message_rus, e.created_at
    from asked a
    join {{ in_schema | ident }}.err e on e.in_table = a.in_table and e.in_id = a.in_id
)
select cast(f.id as text) as id, cast(f.run as text) as run, f.column_name, f.code, f.value, f.severity, f.message,
    f.message_rus, f.created_at
from found f
order by f.run desc, f.id desc
limit 10
