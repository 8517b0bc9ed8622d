-- A helper's lease is renewed as long as the owner's is valid and the helper was not dismissed: no row means that it
-- must stop.
{% from "lease.jinja" import is_fresh %}
update {{ schema | ident }}.runner
set heartbeat_at = clock_timestamp()
where run = :run and owner = :owner and fence = :fence and heartbeat_at is not null
  and exists (
      select 1
      from {{ schema | ident }}.run
      where id = :run and fence = :fence and state = 'running'
        and {{ is_fresh("heartbeat_at") }}
  )
