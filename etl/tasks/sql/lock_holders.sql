-- Sessions of others that hold more than a reader's lock on a table of the schema: what a lock timeout waited for, in
-- all likelihood. Of a foreign session everybody may see the number, the name and the application, not the query. A
-- runner's name hides nobody but sessions of our own role.
{% from "own_session.jinja" import is_own %}
select
    l.pid,
    a.usename::text as username,
    coalesce(nullif(a.application_name, ''), 'no name') as application,
    string_agg(distinct c.relname::text, ', ' order by c.relname::text) as tables
from pg_catalog.pg_locks l
join pg_catalog.pg_class c on c.oid = l.relation
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.granted and l.locktype = 'relation' and l.mode <> 'AccessShareLock'
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and n.nspname = :schema and c.relkind = 'r'
  and not coalesce(a.application_name like 'etl:%' and {{ is_own("a") }}, false)
group by l.pid, a.usename, a.application_name
order by l.pid
limit 5
