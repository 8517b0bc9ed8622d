-- The runners of a run: its owner, its helpers, and those that have ended; with the age of the lease in seconds.
select
    case when h.owner = r.owner then 'owner' when j.is_joined then 'helper' else 'gone' end as role,
    h.host, h.pid, h.owner, h.joined_at, t.tasks, t.performs,
    case
        when r.state <> 'running' then null
        when h.owner = r.owner then cast(extract(epoch from clock_timestamp() - r.heartbeat_at) as float8)
        when j.is_joined then cast(extract(epoch from clock_timestamp() - h.heartbeat_at) as float8)
    end as beat_age
from {{ schema | ident }}.run r
join {{ schema | ident }}.runner h on h.run = r.id
cross join lateral (
    select h.heartbeat_at is not null and h.fence = r.fence and r.state = 'running' as is_joined
) j
cross join lateral (
    select
        count(*) filter (where t.state in ('done', 'quarantined')) as tasks,
        string_agg(t.title, ', ' order by t.seq) filter (where t.state = 'running') as performs
    from {{ schema | ident }}.task t
    where t.run = r.id and t.owner = h.owner
) t
where r.id = :run
order by h.joined_at
