-- The number of rows by statistics: for progress and thresholds, not where it must be exact.
select coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint as rows
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = any(:names) and c.relkind in ('r', 'p')
