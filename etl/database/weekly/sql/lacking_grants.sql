-- What other roles may do with the table but not with each of its partitions, as statements: a program that copies
-- all tables, as pg_dump, reads the partitions themselves.
select format(
        'grant %s on %s to %s%s', a.privilege_type, cast(cast(i.inhrelid as regclass) as text),
        case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end,
        case when a.is_grantable then ' with grant option' else '' end
    ) as statement
from pg_catalog.pg_class j
join pg_catalog.pg_inherits i on i.inhparent = j.oid
join pg_catalog.pg_class p on p.oid = i.inhrelid
cross join lateral aclexplode(j.relacl) a
where j.oid = cast('{{ schema | ident }}.{{ table | ident }}' as regclass) and a.grantee <> j.relowner
  and not exists (
      select
      from aclexplode(p.relacl) b
      where b.grantee = a.grantee and b.privilege_type = a.privilege_type and b.is_grantable >= a.is_grantable
  )
order by 1
