-- Runners that wait for hand-overs: sessions of ours that listen, and those that hold a lease. What a session has last
-- executed shows whether it listens; a check of the connection executes something else, so each runner's name counts.
{% from "own_session.jinja" import is_own %}
select count(distinct a.application_name) as services
from pg_catalog.pg_stat_activity a
where a.application_name like 'etl:%' and a.application_name <> :me and {{ is_own("a") }}
  and (a.query like 'listen %' or a.query like 'LISTEN %' or a.query = 'select 1')
