-- Sessions that load files: each shares an advisory lock until its transaction ends.
select l.pid, coalesce(a.application_name, '') as application,
    coalesce(extract(epoch from clock_timestamp() - a.xact_start), 0) as seconds
from pg_locks l
left join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 2 and l.classid = cast(:lock as oid)
  and l.objid = cast(cast(hashtext(:schema) as bigint) & 4294967295 as oid)
  and l.database = (select oid from pg_database where datname = current_database())
order by l.pid
