-- Counters that move with every change of a table, after it is visible: a table whose counters stand still has not
-- changed since they were read. Null where the server does not count.
select c.relname::text as name,
    case when current_setting('track_counts')::bool then concat_ws(' ', c.oid, c.relfilenode,
        pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)
    ) end as counters
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = any(:names) and c.relkind = 'r'
