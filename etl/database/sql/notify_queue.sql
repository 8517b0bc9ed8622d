-- The usage of the server's NOTIFY queue, from 0 to 1, and the sessions that may hold it: it keeps what a listening
-- session has not read yet, and none reads within a transaction. Which sessions listen is not visible, but which have
-- an open transaction is (its virtual id is locked), and for our own role since when; for all to pg_read_all_stats. A
-- runner's transactions do not listen. Reading the usage also frees what all listeners have read.
{% from "own_session.jinja" import is_own %}
{% from "role_of.jinja" import role_of %}
select
    q.usage,
    array(
        select
            'session ' || a.pid || ' of ' || {{ role_of("a") }}
                || ' (' || coalesce(nullif(a.application_name, ''), 'no name') || ') in database ' || a.datname
                || coalesce(', in a transaction since ' || cast(date_trunc('second', a.xact_start) as text), '')
        from pg_catalog.pg_stat_activity a
        where a.datname is not null and a.pid <> pg_backend_pid()
          and coalesce(a.backend_type, 'client backend') = 'client backend'
          and a.pid in (
              select l.pid
              from pg_catalog.pg_locks l
              where l.locktype = 'virtualxid' and l.granted and l.mode = 'ExclusiveLock'
          )
          and not coalesce(a.application_name like 'etl:%' and {{ is_own("a") }}, false)
        order by a.xact_start nulls last, a.pid
        limit 5
    ) as holders
from (select pg_notification_queue_usage() as usage) q
