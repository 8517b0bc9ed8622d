-- Becomes the leader of an output that has none, or whose leader is silent for longer than its lease. The token of the
-- one before finds no row afterwards.
{% from "lease.jinja" import is_fresh %}
update {{ schema | ident }}.kafka_output
set token = token + 1, owner = :owner, heartbeat_at = clock_timestamp()
where name = :name and (owner is null or owner = :owner or not ({{ is_fresh("heartbeat_at") }}))
returning token
