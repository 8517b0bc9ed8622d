-- How many rows the last run of some days had of each in_ table, and when it had read them.
{% from "receipt_start.jinja" import within_days %}
select r.in_table, max(r.finished_at) as taken_at, max(r.run) as run,
    (array_agg(r.claimed order by r.run desc))[1] as claimed,
    (array_agg(r.rejected order by r.run desc))[1] as rejected
from {{ in_schema | ident }}.migration_receipt r
where {{ within_days("r") }} and r.claimed > 0
group by r.in_table
order by r.in_table
