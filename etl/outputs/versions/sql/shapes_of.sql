-- Tables and views of a schema with their columns in order, each with its type as PostgreSQL prints it.
select
    c.relname::text as name, c.relkind::text as kind,
    array_agg(a.attname::text order by a.attnum) as columns,
    array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) as types
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where n.nspname = :schema and c.relkind in ('r', 'v', 'm', 'f', 'p')
group by c.oid
