-- Whether somebody read the version lately. Before PostgreSQL 15 our own scans cannot be told from a reader's for sure.
{% from "reads.jinja" import last_read_at %}
select last_read_at, last_read_at > clock_timestamp() - make_interval(days => :days) as is_lately, is_counted
from (
    select {{ last_read_at() }} as last_read_at,
        cast(current_setting('track_counts') as bool)
            and cast(current_setting('server_version_num') as int) >= 150000 as is_counted
    from {{ store_schema | ident }}.out_version v
    where v.schema_name = :schema_name
) r
