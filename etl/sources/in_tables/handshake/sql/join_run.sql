-- A helper's lease begins, if the owner is alive and has the same digest.
{% from "lease.jinja" import is_fresh %}
insert into {{ schema | ident }}.runner (run, owner, fence, host, pid, pinned, version, heartbeat_at)
select r.id, :owner, r.fence, :host, :pid, o.pinned, :version, clock_timestamp()
from {{ schema | ident }}.run r
join {{ schema | ident }}.runner o on o.run = r.id and o.owner = r.owner and o.pinned = :pinned
where r.id = :run and r.fence = :fence and r.state = 'running' and r.owner <> :owner
  and {{ is_fresh("r.heartbeat_at") }}
on conflict (run, owner) do update
set fence = excluded.fence, pinned = excluded.pinned, version = excluded.version,
    joined_at = clock_timestamp(), heartbeat_at = clock_timestamp()
