-- What roles other than the owner hold by name on some tables and sequences: on the whole (column_name null) or by
-- column. `role` is SQL text.
select
    c.relname::text as name, held.column_name, lower(held.privilege_type) as privilege, held.is_grantable,
    case
        when held.grantee = 0 then 'public'
        else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(held.grantee))
    end as role
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (
    select cast(null as text) as column_name, a.grantee, a.privilege_type, a.is_grantable
    from pg_catalog.aclexplode(c.relacl) a
    union all
    select t.attname::text, a.grantee, a.privilege_type, a.is_grantable
    from pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) a
    where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped
) held
where n.nspname = :schema and c.relname = any(:names) and c.relkind in ('r', 'p', 'S') and held.grantee <> c.relowner
order by 5, 1, 3
