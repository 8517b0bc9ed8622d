-- What the runs of some days have taken of each in_ table, and when the last of them did. Numbers of runs begin with
-- their time in milliseconds.
select r.in_table, max(r.finished_at) as taken_at, max(r.run) as run,
    (array_agg(r.claimed order by r.run desc))[1] as claimed,
    (array_agg(r.rejected order by r.run desc))[1] as rejected
from {{ in_schema | ident }}.migration_receipt r
where r.run >= (cast(extract(epoch from now()) * 1000 as bigint) - cast(:days as bigint) * 86400000) << 20
  and r.claimed > 0
group by r.in_table
order by r.in_table
