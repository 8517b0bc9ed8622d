-- Index builds and other long statements on the tables of a schema.
with running as (
    select 'create index' as command, relid, phase, greatest(blocks_done, tuples_done) as done,
        greatest(blocks_total, tuples_total) as total
    from pg_catalog.pg_stat_progress_create_index
    where datname = current_database()
    union all
    select 'vacuum', relid, phase, heap_blks_scanned, heap_blks_total
    from pg_catalog.pg_stat_progress_vacuum
    where datname = current_database()
    union all
    select 'analyze', relid, phase, sample_blks_scanned, sample_blks_total
    from pg_catalog.pg_stat_progress_analyze
    where datname = current_database()
    union all
    select lower(command), relid, phase, heap_blks_scanned, heap_blks_total
    from pg_catalog.pg_stat_progress_cluster
    where datname = current_database()
)
select r.command, cast(c.relname as text) as table_name, r.phase, r.done, r.total
from running r
join pg_catalog.pg_class c on c.oid = r.relid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema
order by r.command, c.relname
