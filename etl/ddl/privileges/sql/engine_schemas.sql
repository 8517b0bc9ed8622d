-- What the engine may do in the schemas that it works in.
select
    s.name,
    n.oid is not null as is_there,
    coalesce(pg_catalog.has_schema_privilege(n.oid, 'usage'), false) as may_use,
    coalesce(pg_catalog.has_schema_privilege(n.oid, 'create'), false) as may_create
from pg_catalog.unnest(cast(:schemas as text[])) with ordinality as s (name, position)
left join pg_catalog.pg_namespace n on n.nspname = s.name
order by s.position
