-- The plain tables of a schema that are ours, with any name: also those that no metadata asks for.
with recursive mine as (
    select oid from pg_catalog.pg_roles where rolname = current_user
    union
    select m.roleid from pg_catalog.pg_auth_members m join mine on m.member = mine.oid
)
select c.relname::text as name
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relkind = 'r' and c.relowner in (select oid from mine)
order by c.relname collate "C"
