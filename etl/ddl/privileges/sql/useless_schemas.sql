-- A grant by a role that may not grant is only a warning: the schemas that the role still cannot use, with their
-- owners.
select n.nspname::text as name, pg_catalog.pg_get_userbyid(n.nspowner)::text as owner
from pg_catalog.pg_namespace n
where n.nspname = any(:schemas) and not pg_catalog.has_schema_privilege(:role, n.oid, 'usage')
order by n.nspname collate "C"
