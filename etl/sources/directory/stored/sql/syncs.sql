-- The newest syncs.
select run, owner, login, started_at, ended_at, controller, users, counts, left_out, result, message,
    ended_at is null and lease_until > clock_timestamp() as is_running
from {{ schema | ident }}.ad_run
order by run desc
limit :limit
