-- The columns that a table has now.
select a.attname as column
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = :table and a.attnum > 0 and not a.attisdropped
