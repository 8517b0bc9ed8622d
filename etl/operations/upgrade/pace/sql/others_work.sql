-- Whether another session of ours works in this database now: a run, a batch, an output, a fill. Those of other roles
-- do not show what they do.
{% from "own_session.jinja" import is_own %}
select exists (
    select
    from pg_catalog.pg_stat_activity a
    where a.datname = current_database() and a.pid <> pg_backend_pid() and {{ is_own("a") }}
      and a.application_name like 'etl:%' and a.state in ('active', 'idle in transaction')
) as others_work
