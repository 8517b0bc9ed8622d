-- Other sessions that hold more than a reader's lock on our tables (or on some of them), or any lock: the probable
-- cause of a lock timeout. Sessions that wait for a lock there count as well, since later ones wait behind them, and so
-- do the sessions that they wait for, readers included. Pid, role and application of a foreign session are visible to
-- all roles, query and times only to members of pg_read_all_stats. Only sessions of our own role are hidden by a
-- runner's name. Prepared transactions have no session.
{% from "own_session.jinja" import is_own %}
{% from "role_of.jinja" import role_of %}
with lock as (
    select
        l.pid, l.virtualtransaction, l.granted, l.mode, c.relname::text as relname, n.nspname::text as nspname
    from pg_catalog.pg_locks l
    join pg_catalog.pg_class c on c.oid = l.relation
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where l.locktype = 'relation' and (l.pid is null or l.pid <> pg_backend_pid())
      and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
      and pg_has_role(c.relowner, 'usage') and c.relkind in ('r', 'p', 'v')
      and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
      and (cast(:schema as text) is null or n.nspname = cast(:schema as text))
      and (cast(:tables as text[]) is null or c.relname = any(cast(:tables as text[])))
),
waiting as (
    select distinct l.pid
    from lock l
    join pg_catalog.pg_stat_activity a on a.pid = l.pid
    where not l.granted and not coalesce(a.application_name like 'etl:%' and {{ is_own("a") }}, false)
),
counted as (
    select * from lock
    where (mode <> 'AccessShareLock' or :counts_readers) and (granted or pid in (select pid from waiting))
    union
    select l.*
    from waiting w
    cross join lateral unnest(pg_blocking_pids(w.pid)) b (pid)
    join lock l on l.pid = b.pid and l.granted
)
select
    string_agg(distinct l.relname, ', ' order by l.relname) as tables,
    bool_or(l.granted) as is_granted,
    case when l.pid is null then 'prepared transaction ' || p.gid else 'session ' || l.pid end as holder,
    {{ role_of("a", "p.owner") }} as username,
    coalesce(nullif(a.application_name, ''), 'no name') as application,
    cast(date_trunc('second', coalesce(a.xact_start, p.prepared)) as text) as since
from counted l
left join pg_catalog.pg_stat_activity a on a.pid = l.pid
left join pg_catalog.pg_prepared_xacts p
    on l.pid is null and l.virtualtransaction = '-1/' || cast(p.transaction as text)
where not coalesce(a.application_name like 'etl:%' and {{ is_own("a") }}, false)
group by l.pid, p.gid, a.usename, a.backend_type, p.owner, a.application_name, a.xact_start, p.prepared
order by bool_or(l.granted) desc, coalesce(a.xact_start, p.prepared) nulls last, l.pid
limit 5
