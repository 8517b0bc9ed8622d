-- Syncs with the directory that are under way: without an end, and their lease is valid.
select run, login, date_trunc('second', started_at) as started_at
from {{ schema | ident }}.ad_run
where ended_at is null and lease_until > clock_timestamp()
order by run
