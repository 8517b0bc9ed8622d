-- Which of the schemas in_migration and in_migration_<company> is ours: by its comment, which begins with our sentence
-- and ends with the digest of what its views were made from. How many views it has; and whether
-- it is free: it may be made, or is an empty one of ours that an administrator has made.
select
    s.name,
    n.oid is null as is_missing,
    coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') as comment,
    c.views,
    case
        when n.oid is null then pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create')
        else c.relations = 0 and pg_catalog.pg_get_userbyid(n.nspowner) = current_user
    end as is_free
from pg_catalog.unnest(cast(:schemas as text[])) with ordinality as s (name, position)
left join pg_catalog.pg_namespace n on n.nspname = s.name
cross join lateral (
    select pg_catalog.count(*) as relations, pg_catalog.count(*) filter (where r.relkind = 'v') as views
    from pg_catalog.pg_class r
    where r.relnamespace = n.oid
) c
order by s.position
