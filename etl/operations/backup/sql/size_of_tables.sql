-- Bytes of the tables of some schemas, long values included, indexes not.
select coalesce(sum(pg_table_size(c.oid)), 0)::bigint as bytes
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(cast(:schemas as text[])) and c.relkind = 'r'
