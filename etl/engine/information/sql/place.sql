-- Which of the schemas in_migration and in_migration_<company> is ours: by its comment, which begins with our sentence and
-- ends with the digest of what its views were made from. How many views are there, and whether a schema may be made.
select
    s.name,
    n.oid is not null as is_there,
    coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') as comment,
    (
        select pg_catalog.count(*) from pg_catalog.pg_class c where c.relnamespace = n.oid and c.relkind = 'v'
    ) as views,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create') as may_make
from pg_catalog.unnest(cast(:schemas as text[])) with ordinality as s (name, position)
left join pg_catalog.pg_namespace n on n.nspname = s.name
order by s.position
