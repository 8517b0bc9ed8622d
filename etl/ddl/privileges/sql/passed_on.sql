-- What a role has granted to others in some schemas, as the statements that take it back; the role itself must say
-- them. While others hold something through a role, nothing of it can be taken from the role.
select concat(
    'revoke ', lower(held.privilege_type), ' (' || pg_catalog.quote_ident(held.column_name) || ')',
    ' on ', held.kind, ' ',
    held.object_name, ' from ',
    case when held.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(held.grantee)) end
) as statement
from (
    select case c.relkind when 'S' then 'sequence' else 'table' end as kind, n.nspname, c.relowner as owner,
        concat(pg_catalog.quote_ident(n.nspname), '.', pg_catalog.quote_ident(c.relname)) as object_name, a.*
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    cross join lateral (
        select grantor, grantee, privilege_type, cast(null as text) as column_name from pg_catalog.aclexplode(c.relacl)
        union all
        select x.grantor, x.grantee, x.privilege_type, t.attname::text
        from pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) x
        where t.attrelid = c.oid and not t.attisdropped
    ) a
    union all
    select 'schema', n.nspname, n.nspowner, pg_catalog.quote_ident(n.nspname), a.grantor, a.grantee, a.privilege_type,
        null
    from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
) held
join pg_catalog.pg_roles r on r.oid = held.grantor
where r.rolname = :role and held.owner <> held.grantor and held.nspname = any(:schemas)
order by 1
