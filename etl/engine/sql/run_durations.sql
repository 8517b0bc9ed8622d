-- How long the runs of some days have taken that had rows: the median, and the slowest one.
{% from "receipt_start.jinja" import began, within_days %}
with durations as (
    select r.run, extract(epoch from max(r.finished_at) - min({{ began("r") }})) as seconds
    from {{ in_schema | ident }}.migration_receipt r
    where {{ within_days("r") }} and r.claimed > 0
    group by r.run
)
select percentile_cont(0.5) within group (order by cast(seconds as double precision)) as median_seconds,
    cast(max(seconds) as double precision) as slowest_seconds,
    (array_agg(run order by seconds desc, run desc))[1] as slowest_run
from durations
