-- Our sessions that wait for locks of others now: the in_ table of the task of each, and who has the lock. The one that
-- has waited longest comes first. A session that waits behind ours is no reason.
{% from "own_session.jinja" import is_own %}
select
{% if has_tasks %}
    coalesce((
        select coalesce(nullif(t.in_table, ''), t.kind)
        from {{ schema | ident }}.task t
        where 'etl:' || t.owner = a.application_name and t.state = 'running'
        order by t.seq
        limit 1
    ), '') as task,
{% endif %}
    b.pid, coalesce(s.usename::text, '?') as role, coalesce(nullif(s.application_name, ''), '–') as application,
    date_trunc('second', s.xact_start) as since,
    cast(coalesce(extract(epoch from clock_timestamp() - a.query_start), 0) as float8) as seconds
from pg_catalog.pg_stat_activity a
cross join lateral unnest(pg_blocking_pids(a.pid)) b (pid)
left join pg_catalog.pg_stat_activity s on s.pid = b.pid
where a.application_name like 'etl:%' and {{ is_own("a") }} and a.wait_event_type = 'Lock'
  and not coalesce(s.application_name like 'etl:%' and {{ is_own("s") }}, false)
order by a.query_start, b.pid
limit 5
