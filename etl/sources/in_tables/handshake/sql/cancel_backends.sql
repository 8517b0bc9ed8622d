-- This runner's own statements, found by its name among the sessions of our role in this database; the
-- session of this statement is left out. Where track_activities is off all are cancelled, which does not harm idle
-- ones.
{% from "own_session.jinja" import is_own %}
select pg_cancel_backend(a.pid)
from pg_stat_activity a
where a.application_name = :name and a.pid <> pg_backend_pid() and a.state in ('active', 'disabled')
  and {{ is_own("a") }}
