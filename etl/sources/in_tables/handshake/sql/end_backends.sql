-- Dead or frozen runners may still hold locks in open transactions: their backends are ended, found by their names
-- among the sessions of our role in this database. With milliseconds to wait, `ended` says whether they are gone;
-- without, only that the signal was sent.
{% from "own_session.jinja" import is_own %}
select pg_terminate_backend(a.pid, :wait) as ended
from pg_stat_activity a
where a.application_name = any(cast(:names as text[])) and a.pid <> pg_backend_pid()
  and {{ is_own("a") }}
