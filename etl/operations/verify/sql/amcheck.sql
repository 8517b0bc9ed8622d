-- The schema of the extension amcheck, if its functions may be called.
select n.nspname as name
from pg_extension e
join pg_namespace n on n.oid = e.extnamespace
join pg_proc p on p.pronamespace = n.oid and p.proname = 'bt_index_check' and p.pronargs = 2
where e.extname = 'amcheck' and has_function_privilege(p.oid, 'execute')
