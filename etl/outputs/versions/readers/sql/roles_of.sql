-- The roles of the readers of a version, and whether the server has them.
select distinct r.role_name, b.oid is not null as is_there
from {{ store_schema | ident }}.reader r
left join pg_roles b on b.rolname = r.role_name
where r.schema_name = :schema_name
order by r.role_name
