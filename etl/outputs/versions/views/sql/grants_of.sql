-- The privileges on a view, whole or by column, of roles other than its owner.
select jsonb_build_object('privilege', g.privilege_type, 'column', a.column, 'grantee', coalesce(r.rolname, ''),
    'grantable', g.is_grantable) as granted
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
cross join lateral (
    select cast(null as text) as column, c.relacl as acl
    union all
    select a.attname, a.attacl from pg_attribute a where a.attrelid = c.oid and a.attacl is not null
) a
cross join lateral aclexplode(a.acl) g
left join pg_roles r on r.oid = g.grantee
where n.nspname = :schema and c.relname = :name and g.grantee <> c.relowner and (g.grantee = 0 or r.oid is not null)
