-- Whether the table has the column.
select 1 as found
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = :table and a.attname = :column and a.attnum > 0 and not a.attisdropped
