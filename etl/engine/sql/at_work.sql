-- Who is at work on a run: its owner and its helpers, as long as their leases last. Only what every version has is named.
{% from "lease.jinja" import is_fresh %}
select w.run, w.owner
from (
    select id as run, owner, heartbeat_at from {{ schema | ident }}.run where state = 'running'
    union all
    select run, owner, heartbeat_at from {{ schema | ident }}.runner where heartbeat_at is not null
) w
where {{ is_fresh("w.heartbeat_at") }}
order by w.run desc
limit 1
