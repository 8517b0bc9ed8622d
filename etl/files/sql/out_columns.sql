-- The tables of a version with their columns, as the catalog has them: a version keeps its structure when the metadata
-- changes.
select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = :schema and c.relkind in ('r', 'p', 'v', 'm')
order by c.relname, a.attnum
