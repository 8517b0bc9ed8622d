-- Relations of ours that somebody else owns, as after a restore by another role: an owner's right cannot be granted, and
-- without it nothing can be added to them later.
select n.nspname::text as schema, c.relname::text as name, pg_catalog.pg_get_userbyid(c.relowner)::text as owner
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'v')
  and (n.nspname = :in_schema and c.relname = any(:own) or n.nspname = any(:schemas))
  and not pg_catalog.pg_has_role(c.relowner, 'member')
order by n.nspname collate "C", c.relname collate "C"
