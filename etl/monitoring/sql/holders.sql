-- What keeps vacuum from removing dead rows for longer than the given minutes, so that tables grow with every run. Of
-- other roles' sessions the times are seen only by members of pg_read_all_stats.
{% from "role_of.jinja" import role_of %}
select 'prepared transaction' as kind, gid as name, owner::text as owner,
    cast(extract(epoch from clock_timestamp() - prepared) as float8) as seconds
from pg_catalog.pg_prepared_xacts
where database = current_database() and prepared < clock_timestamp() - make_interval(mins => :minutes)
union all
select 'session', cast(pid as text), {{ role_of("a") }} || coalesce(', ' || nullif(application_name, ''), ''),
    cast(extract(epoch from clock_timestamp() - xact_start) as float8)
from pg_catalog.pg_stat_activity a
where datname = current_database() and backend_type = 'client backend'
  and xact_start < clock_timestamp() - make_interval(mins => :minutes)
union all
select 'replication slot', slot_name::text, coalesce(plugin::text, 'physical'), cast(null as float8)
from pg_catalog.pg_replication_slots
where not active and (xmin is not null or catalog_xmin is not null)
order by seconds desc nulls last
