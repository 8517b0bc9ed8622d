-- How long the runs of some days have taken that had rows: the median, and the slowest one.
with took as (
    select r.run, extract(epoch from max(r.finished_at)) - (r.run >> 20) / 1000.0 as seconds
    from {{ in_schema | ident }}.migration_receipt r
    where r.run >= (cast(extract(epoch from now()) * 1000 as bigint) - cast(:days as bigint) * 86400000) << 20
      and r.claimed > 0
    group by r.run
)
select percentile_cont(0.5) within group (order by cast(seconds as double precision)) as median_seconds,
    cast(max(seconds) as double precision) as slowest_seconds,
    (array_agg(run order by seconds desc, run desc))[1] as slowest_run
from took
