-- Sessions of other processes of ours in this database, one row for each process, and which version of etl it has where
-- it has worked on a run.
{% from "own_session.jinja" import is_own %}
select s.name, s.since, r.host, r.pid, r.version
from (
    select a.application_name as name, date_trunc('second', min(a.backend_start)) as since
    from pg_catalog.pg_stat_activity a
    where a.application_name like 'etl:%' and a.application_name <> :me and {{ is_own("a") }}
    group by a.application_name
) s
left join lateral (
    {% if has_versions -%}
    select w.host, w.pid, w.version
    from {{ schema | ident }}.runner w
    where 'etl:' || w.owner = s.name
    order by w.joined_at desc
    limit 1
    {%- else -%}
    select cast(null as text) as host, cast(null as int) as pid, cast(null as text) as version
    {%- endif %}
) r on true
order by s.since, s.name
