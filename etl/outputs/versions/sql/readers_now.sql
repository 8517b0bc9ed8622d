-- The sessions that lock a view now, and since when.
{% from "role_of.jinja" import role_of %}
select a.pid, {{ role_of("a") }} as username, round(extract(epoch from clock_timestamp() - a.xact_start)) as seconds,
    string_agg(distinct c.relname, ', ') as views
from pg_locks l
join pg_class c on c.oid = l.relation
join pg_namespace n on n.oid = c.relnamespace
join pg_stat_activity a on a.pid = l.pid
where n.nspname = :schema and l.granted
  and l.database = (select oid from pg_database where datname = current_database())
group by a.pid, a.usename, a.backend_type, a.xact_start
order by 3 desc
