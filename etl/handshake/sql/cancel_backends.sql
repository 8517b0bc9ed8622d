-- This runner's own statements, found by its name; the one that asks goes on.
select pg_cancel_backend(pid)
from pg_stat_activity
where application_name = :name and pid <> pg_backend_pid() and state = 'active'
