-- For whose locks runners wait now: sessions of others, and those who wait before us. 0 is a prepared transaction.
{% from "own_session.jinja" import is_own %}
select distinct
    case
        when b.pid = 0 then 'a prepared transaction (see pg_prepared_xacts)'
        else 'session ' || b.pid || ' of ' || coalesce(s.usename::text, '?') || ' ('
            || coalesce(nullif(s.application_name, ''), 'no name') || ')'
            || coalesce(', in a transaction since ' || cast(date_trunc('second', s.xact_start) as text), '')
    end as holder
from pg_catalog.pg_stat_activity a
cross join lateral unnest(pg_blocking_pids(a.pid)) b (pid)
left join pg_catalog.pg_stat_activity s on s.pid = b.pid
where a.application_name like 'etl:%' and {{ is_own("a") }} and a.wait_event_type = 'Lock'
  and not coalesce(s.application_name like 'etl:%' and {{ is_own("s") }}, false)
order by 1
limit 5
