-- How many instances the suspicious rows would really change, found as a merge does: by out_id, else by in_id, else by
-- a unique value. Several rows for one instance change one.
{% from "suspects.jinja" import suspects %}
{% macro counted() %}
    select
{% for change in changes %}
        b.{{ change.name }} and {{ change.matters }} as {{ change.name }},
{% endfor %}
        g._id
    from batch b
{% endmacro %}
{% if is_one %}
with batch as materialized (
{{ suspects(in_schema, in_table, changes, unique) }}
)
{% endif %}
select
{% for change in changes %}
    count(distinct _id) filter (where {{ change.name }}) as {{ change.name }}{{ "," if not loop.last }}
{% endfor %}
from (
{{ counted() }}
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = b._out_id and g._state <> 'REMOVED'
    union all
{{ counted() }}
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._in_id = b._in_id and g._state <> 'REMOVED'
    where b._out_id is null
    union all
{{ counted() }}
    join {{ store_schema | ident }}.alias a on a.bo = :bo and a.in_id = b._in_id
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = a.instance and g._state <> 'REMOVED'
    where b._out_id is null
{% for field in unique %}
    union all
{{ counted() }}
    left join {{ store_schema | ident }}.{{ golden | ident }} o on o._in_id = b._in_id
    left join {{ store_schema | ident }}.alias a on a.bo = :bo and a.in_id = b._in_id
    join {{ store_schema | ident }}.{{ golden | ident }} g
        on {{ field.compared("cast(g.%s as text)" | format(field.column)) }}
            = {{ field.compared("b._unique_" ~ field.short) }}
        and g._state <> 'REMOVED'
    where b._out_id is null and o._id is null and a.instance is null
{% endfor %}
) changed
