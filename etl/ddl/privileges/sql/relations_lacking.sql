-- Our relations that another role owns, as after a restore by another role, and those whose owner has revoked a
-- privilege from itself.
select n.nspname::text as schema, pg_catalog.quote_ident(c.relname) as name,
    pg_catalog.pg_get_userbyid(c.relowner)::text as owner,
    case c.relkind when 'v' then 'view' else 'table' end as kind, o.is_ours,
    pg_catalog.concat_ws(
        ', ',
        case when not pg_catalog.has_table_privilege(c.oid, 'select') then 'SELECT' end,
        case when not pg_catalog.has_table_privilege(c.oid, 'insert') then 'INSERT' end,
        case when not pg_catalog.has_table_privilege(c.oid, 'update') then 'UPDATE' end,
        case when not pg_catalog.has_table_privilege(c.oid, 'delete') then 'DELETE' end
    ) as missing
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (select pg_catalog.pg_has_role(c.relowner, 'member') as is_ours) o
where c.relkind in ('r', 'p', 'v')
  and (
    n.nspname = :in_schema and c.relname = any(:own)
    or n.nspname = any(:schemas)
    or n.nspname = :views_schema and exists (
        select from pg_catalog.pg_class t
        join pg_catalog.pg_namespace v on v.oid = t.relnamespace
        where v.nspname = any(:schemas) and t.relname = c.relname and t.relkind in ('r', 'p')
    )
  )
  and (
    not o.is_ours
    or c.relkind in ('r', 'p') and not (
        pg_catalog.has_table_privilege(c.oid, 'select') and pg_catalog.has_table_privilege(c.oid, 'insert')
        and pg_catalog.has_table_privilege(c.oid, 'update') and pg_catalog.has_table_privilege(c.oid, 'delete')
    )
  )
order by n.nspname collate "C", c.relname collate "C"
