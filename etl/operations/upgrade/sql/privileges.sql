-- What other roles may do with the table, as statements for another one.
select format(
        'grant %s on {{ schema | ident }}.{{ target | ident }} to %s%s', a.privilege_type,
        case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
        case when a.is_grantable then ' with grant option' else '' end
    ) as statement
from pg_catalog.pg_class c
cross join lateral aclexplode(c.relacl) a
where c.oid = cast('{{ schema | ident }}.{{ source | ident }}' as regclass) and a.grantee <> c.relowner
