-- A grant by somebody who may not grant is only a warning: these schemas the role still cannot use, and whose they are.
select n.nspname::text as name, pg_catalog.pg_get_userbyid(n.nspowner)::text as owner
from pg_catalog.pg_namespace n
where n.nspname = any(:schemas) and not pg_catalog.has_schema_privilege(:role, n.oid, 'usage')
order by n.nspname collate "C"
