-- Transactions of other sessions that may have written to the table: an insert locks it before it takes a number. Not
-- by session, which may be in its next transaction; a prepared one has none.
select distinct l.virtualtransaction as writer
from pg_catalog.pg_locks l
where l.locktype = 'relation' and l.relation = cast('{{ schema | ident }}.{{ table | ident }}' as regclass)
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and l.granted and l.pid is distinct from pg_backend_pid()
  and l.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
