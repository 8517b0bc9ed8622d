-- PostgreSQL counts scans, not who made them. Ours are those of this transaction; all further ones since the last count
-- are readers'. Counters that are lower than ours were reset: counting starts from there.
with seen as (
    select coalesce(sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)), 0) as scans
    from pg_stat_user_tables where schemaname = :schema_name
),
mine as (
    select coalesce(sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)), 0) as scans
    from pg_stat_xact_user_tables where schemaname = :schema_name
)
update {{ store_schema | ident }}.out_version v
set own_scans = mine.scans + case when seen.scans < v.own_scans then seen.scans else v.own_scans end,
    reader_scans = greatest(seen.scans - v.own_scans, 0),
    last_read_at = case when seen.scans - v.own_scans > v.reader_scans then clock_timestamp() else v.last_read_at end
from seen, mine
where v.schema_name = :schema_name
