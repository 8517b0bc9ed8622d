-- The newest backup of a store, and when one was last restored in a drill.
select
    b.taken_at, b.location, b.drilled_at is not null as is_drilled, d.drilled_at,
    cast(extract(epoch from clock_timestamp() - b.taken_at) / 3600 as float8) as age_hours,
    cast(extract(epoch from clock_timestamp() - coalesce(d.drilled_at, d.first_at)) / 86400 as float8) as days_since
from {{ schema | ident }}.backup_record b
cross join (
    select max(a.drilled_at) as drilled_at, min(a.taken_at) as first_at from {{ schema | ident }}.backup_record a
) d
order by b.taken_at desc
limit 1
