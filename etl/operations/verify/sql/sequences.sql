-- The sequences that columns of some schemas own; other names than ours are left out.
select n.nspname as schema_name, c.relname as table_name, a.attname as column_name,
    cast(d.objid::regclass as text) as sequence_name, pg_sequence_last_value(d.objid) as last_value
from pg_depend d
join pg_class s on s.oid = d.objid and s.relkind = 'S'
join pg_class c on c.oid = d.refobjid
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
  and n.nspname = any(cast(:schemas as text[]))
  and c.relname ~ '^[a-z_][a-z0-9_]*$' and a.attname ~ '^[a-z_][a-z0-9_]*$'
order by 1, 2, 3
