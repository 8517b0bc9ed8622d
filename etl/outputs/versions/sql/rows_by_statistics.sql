-- How many rows the tables have, as their statistics say: for a progress in percent, not for what is to be right.
select coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint as rows
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = any(:names) and c.relkind = 'r'
