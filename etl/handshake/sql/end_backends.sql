-- Dead or frozen runners may still hold locks in open transactions: their backends are ended, found by their names. With
-- milliseconds to wait, `ended` says whether they are gone; without, only that they were told.
select pg_terminate_backend(pid, :wait) as ended
from pg_stat_activity
where application_name = any(cast(:names as text[])) and pid <> pg_backend_pid()
