-- The columns of our tables, each with its type as PostgreSQL prints it.
select
    c.relname::text as name,
    a.attname::text as column,
    pg_catalog.format_type(a.atttypid, a.atttypmod) as type
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = any(:names) and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
