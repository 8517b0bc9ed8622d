-- Expected errors (vendor's guide, in_migration.log): rows and records that are not as they should be.
create or replace view {{ schema | ident }}.log as
select e.run as run_id, e.id, e.in_table, e.row_id, e.in_id, e.column_name, e.code, e.message, e.message_rus, e.value,
    e.severity, e.topic, e.partition, e.record_offset, e.created_at
from {{ store_schema | ident }}.err e
where e.code not in ({{ unexpected | each("'{}'") | join(", ") }})
