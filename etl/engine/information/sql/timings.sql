-- How long the tasks of each run took, by kind and table (vendor's guide, in_migration.timings), as far as tasks
-- are kept; nothing with trackTimings=false.
create or replace view {{ schema | ident }}.timings as
select t.run as run_id, t.kind as method, t.in_table as in_table_name, count(*) as call_count,
    sum(extract(epoch from t.finished_at - t.started_at) * 1000) as total_ms,
    max(extract(epoch from t.finished_at - t.started_at) * 1000) as max_ms,
    min(t.started_at) as started_at, max(t.finished_at) as finished_at
from {{ in_schema | ident }}.task t
where t.finished_at is not null and {{ "true" if tracks_timings else "false" }}
group by t.run, t.kind, t.in_table
