-- The owner of the run that has not ended, and its helpers, with the age of their heartbeats.
select r.id as run, case when h.owner is distinct from r.owner then 'helper' else 'owner' end as role,
    coalesce(h.host, 'an unknown host') as host, coalesce(h.pid, 0) as pid,
    cast(extract(epoch from clock_timestamp() - case
        when h.owner is null or h.owner = r.owner then r.heartbeat_at else h.heartbeat_at
    end) as float8) as beat_age
from {{ schema | ident }}.run r
left join {{ schema | ident }}.runner h
    on h.run = r.id and (h.owner = r.owner or h.heartbeat_at is not null and h.fence = r.fence)
where r.state = 'running'
order by role desc, host, pid
