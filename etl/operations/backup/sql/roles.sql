-- The roles that have privileges on what lies in some schemas, or will have them on what is made there; no owners.
with given (acl, owner) as (
    select nspacl, nspowner from pg_namespace where nspname = any(cast(:schemas as text[]))
    union all
    select c.relacl, c.relowner
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(cast(:schemas as text[]))
    union all
    select a.attacl, c.relowner
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any(cast(:schemas as text[])) and a.attacl is not null
    union all
    select p.proacl, p.proowner
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = any(cast(:schemas as text[]))
    union all
    select d.defaclacl, 0
    from pg_default_acl d join pg_namespace n on n.oid = d.defaclnamespace
    where n.nspname = any(cast(:schemas as text[]))
)
select distinct r.rolname as name
from given g
cross join lateral aclexplode(g.acl) e
join pg_roles r on r.oid in (e.grantee, case when g.owner = 0 then e.grantor end)
where e.grantee <> g.owner
order by r.rolname
