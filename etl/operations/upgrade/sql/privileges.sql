-- What other roles may do with the table, as statements for another one; first those that take from them what they may
-- do with that one, as by default privileges of the schema.
select format(
        case when a.is_target then 'revoke all on {{ schema | ident }}.{{ target | ident }} from %2$s cascade'
            else 'grant %1$s on {{ schema | ident }}.{{ target | ident }} to %2$s%3$s'
        end,
        a.privilege_type, case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
        case when a.is_grantable then ' with grant option' else '' end
    ) as statement
from (
    select g.grantee, g.privilege_type, g.is_grantable,
        c.oid = cast('{{ schema | ident }}.{{ target | ident }}' as regclass) as is_target
    from pg_catalog.pg_class c
    cross join lateral aclexplode(c.relacl) g
    where g.grantee <> c.relowner
      and c.oid in (
          cast('{{ schema | ident }}.{{ source | ident }}' as regclass),
          cast('{{ schema | ident }}.{{ target | ident }}' as regclass)
      )
) a
order by a.is_target desc
