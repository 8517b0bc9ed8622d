-- Runners of a run whose leases are valid: its owner and its helpers. Only columns that every version has are named.
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
