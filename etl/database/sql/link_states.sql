-- The state of sessions whose clients wait for the server. `idle`: seconds that the session has waited for a
-- statement; `blocks_on_client`: it waits because its client sends or receives nothing.
select
    a.pid,
    case
        when a.state like 'idle%%' then cast(extract(epoch from clock_timestamp() - a.state_change) as float8)
    end as idle,
    coalesce(a.state = 'active' and a.wait_event_type = 'Client', false) as blocks_on_client
from pg_catalog.pg_stat_activity a
where a.pid = any(%s)
