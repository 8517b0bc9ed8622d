-- Copies errors to the golden store, where they outlive the import schema.
insert into {{ store_schema | ident }}.err
    (id, run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity, created_at)
select e.id, e.run, e.in_table, e.row_id, e.in_id, e.column_name, e.code, e.message, e.message_rus, e.value, e.severity,
    e.created_at
from {{ in_schema | ident }}.err e
where e.run = :run
on conflict (run, id) do nothing
