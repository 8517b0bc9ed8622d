-- Tables of the store whose rows belong to an instance: of what other parts of the program, or later ones, keep of it.
select c.relname as name
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relkind in ('r', 'p') and not c.relispartition
  and (
      select count(*) from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attname in ('bo', 'instance') and not a.attisdropped
  ) = 2
order by 1
