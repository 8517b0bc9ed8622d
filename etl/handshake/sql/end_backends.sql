-- A dead or frozen owner may still hold locks in open transactions: its backends are ended, found by their name.
select pg_terminate_backend(pid)
from pg_stat_activity
where application_name = :name and pid <> pg_backend_pid()
