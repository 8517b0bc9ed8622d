-- Of the syncs of all users: the newest one that is over, the newest that was done, and the one that is under way.
select run, owner, login, started_at, ended_at, controller, users, counts, left_out, result, message,
    ended_at is null and lease_until > clock_timestamp() as is_running
from {{ schema | ident }}.ad_run
where run in (
    select max(run) from {{ schema | ident }}.ad_run
    where login is null and (ended_at is not null or lease_until <= clock_timestamp())
    union all
    select max(run) from {{ schema | ident }}.ad_run where login is null and result = 'done'
    union all
    select max(run) from {{ schema | ident }}.ad_run
    where login is null and ended_at is null and lease_until > clock_timestamp()
)
order by run
