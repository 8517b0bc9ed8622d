-- The tables that are there, with their columns.
select c.relname::text as name, array_agg(a.attname::text) as columns
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = :schema and c.relname = any(:names) and c.relkind = 'r'
group by c.relname
