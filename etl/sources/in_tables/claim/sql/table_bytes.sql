-- How large in_ tables are, without their indexes. Tables that others inherit from are refused before: 0 is no row.
select cast(c.relname as text) as name, pg_relation_size(c.oid) as bytes
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = any(cast(:names as text[])) and c.relkind = 'r'
order by c.relname
