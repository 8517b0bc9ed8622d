-- The versions that did not follow in their last attempt. A table of an older program has no such columns.
{% from "stays_behind.jinja" import stays_behind %}
select schema_name, environment_version, stays_behind
from (
    select v.schema_name, v.environment_version, {{ stays_behind() }} as stays_behind
    from {{ store_schema | ident }}.out_version v
) o
where stays_behind is not null
order by schema_name
