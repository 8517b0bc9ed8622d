-- Runs, rows and rejected rows of each day of a zone, the newest first.
{% from "receipt_start.jinja" import within_days %}
select cast(r.finished_at at time zone :zone as date) as day, count(distinct r.run) as runs,
    cast(sum(r.claimed) as bigint) as rows, cast(sum(r.rejected) as bigint) as rejected
from {{ in_schema | ident }}.migration_receipt r
where {{ within_days("r") }} and r.claimed > 0
group by 1
order by 1 desc
