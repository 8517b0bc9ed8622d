-- Whether the version was read lately.
{% from "reads.jinja" import are_reads_counted, last_read_at %}
select last_read_at, last_read_at > clock_timestamp() - make_interval(days => :days) as is_lately, is_counted
from (
    select {{ last_read_at() }} as last_read_at,
        {{ are_reads_counted() }} as is_counted
    from {{ store_schema | ident }}.out_version v
    where v.schema_name = :schema_name
) r
