-- Whether our schemas are there, and whether we may work in them.
select w.name, n.oid is not null as is_there,
    coalesce(has_schema_privilege(n.oid, 'USAGE') and has_schema_privilege(n.oid, 'CREATE'), false) as may_work
from unnest(cast(:schemas as text[])) with ordinality w (name, ordinal)
left join pg_catalog.pg_namespace n on n.nspname = w.name
order by w.ordinal
