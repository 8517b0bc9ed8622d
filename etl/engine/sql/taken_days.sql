-- Runs, rows and rejected rows of each day of a zone, the newest first.
select cast(r.finished_at at time zone :zone as date) as day, count(distinct r.run) as runs,
    cast(sum(r.claimed) as bigint) as rows, cast(sum(r.rejected) as bigint) as rejected
from {{ in_schema | ident }}.migration_receipt r
where r.run >= (cast(extract(epoch from now()) * 1000 as bigint) - cast(:days as bigint) * 86400000) << 20
  and r.claimed > 0
group by 1
order by 1 desc
