-- Outputs that a process of a host writes.
{% from "lease.jinja" import is_fresh %}
select name, owner from {{ schema | ident }}.kafka_output
where owner is not null and split_part(owner, ' ', 1) = :host and {{ is_fresh("heartbeat_at") }}
order by name
