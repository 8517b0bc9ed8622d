-- Which of the suspicious rows would really change an ACTUAL instance, found by out_id, else by in_id, as a merge does.
{% from "suspects.jinja" import suspects %}
{% macro counted() %}
    select{% for change in changes %} b.{{ change.name }} and {{ change.matters }} as {{ change.name }}{{ "," if not loop.last }}{% endfor %}

    from batch b
{% endmacro %}
{% if is_one %}
with batch as materialized (
{{ suspects(in_schema, in_table, changes) }}
)
{% endif %}
select
{% for change in changes %}
    count(*) filter (where {{ change.name }}) as {{ change.name }}{{ "," if not loop.last }}
{% endfor %}
from (
{{ counted() }}
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = b._out_id and g._state = 'ACTUAL'
    union all
{{ counted() }}
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._in_id = b._in_id and g._state = 'ACTUAL'
    where b._out_id is null
    union all
{{ counted() }}
    join {{ store_schema | ident }}.alias a on a.bo = :bo and a.in_id = b._in_id
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = a.instance and g._state = 'ACTUAL'
    where b._out_id is null
) changed
