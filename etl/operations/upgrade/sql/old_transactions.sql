-- What keeps rows from being cleaned up after, and may hold locks when they are needed: transactions open for more than
-- ten minutes, and prepared ones.
select format('session %s has a transaction open since %s', a.pid, date_trunc('second', a.xact_start)) as warning
from pg_catalog.pg_stat_activity a
where a.datname = current_database() and a.xact_start < clock_timestamp() - interval '10 minutes'
  and a.pid <> pg_backend_pid() and a.backend_type = 'client backend'
union all
select format('the prepared transaction %s is open since %s', p.gid, date_trunc('second', p.prepared))
from pg_catalog.pg_prepared_xacts p
where p.database = current_database()
order by warning
