-- Every privilege that a role holds by name: if it is the same before and after, nothing was changed.
select pg_catalog.md5(coalesce(pg_catalog.string_agg(line, E'\n' order by line collate "C"), '')) as digest
from (
    select concat('r', c.oid, a.privilege_type) as line
    from pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) a
    where a.grantee = (select oid from pg_catalog.pg_roles where rolname = :role)
    union all
    select concat('c', t.attrelid, '.', t.attnum, a.privilege_type)
    from pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) a
    where a.grantee = (select oid from pg_catalog.pg_roles where rolname = :role)
    union all
    select concat('n', n.oid, a.privilege_type)
    from pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
    where a.grantee = (select oid from pg_catalog.pg_roles where rolname = :role)
    union all
    select concat('d', d.defaclrole, '.', d.defaclnamespace, d.defaclobjtype, a.privilege_type)
    from pg_catalog.pg_default_acl d, pg_catalog.aclexplode(d.defaclacl) a
    where a.grantee = (select oid from pg_catalog.pg_roles where rolname = :role)
) held
