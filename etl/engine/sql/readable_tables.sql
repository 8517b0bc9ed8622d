-- The tables that the role of this session may select from: partners may share a schema.
select c.relname as name
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = any(cast(:names as text[])) and has_schema_privilege(n.oid, 'usage')
  and has_table_privilege(c.oid, 'select')
order by c.relname
