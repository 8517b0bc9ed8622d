-- From here on these helpers begin no transaction and renew no lease. With
-- only lost ones, a helper that has sent a heartbeat since stays.
{% from "lease.jinja" import is_fresh %}
update {{ schema | ident }}.runner h
set heartbeat_at = null
from {{ schema | ident }}.run r
where h.run = :run and h.owner = any(cast(:owners as text[])) and h.heartbeat_at is not null
  and r.id = h.run and r.owner <> h.owner
{% if only_lost %}
  and not ({{ is_fresh("h.heartbeat_at") }})
{% endif %}
