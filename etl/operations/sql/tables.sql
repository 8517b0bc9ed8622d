-- The tables of some schemas; those with a name that would have to be quoted are not ours.
select n.nspname as schema_name, c.relname as table_name, c.relname ~ '^[a-z_][a-z0-9_]*$' as is_plain
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(cast(:schemas as text[])) and c.relkind in ('r', 'p') and not c.relispartition
order by n.nspname, c.relname
