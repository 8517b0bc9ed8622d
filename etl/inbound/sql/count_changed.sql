-- How many ACTUAL instances the claimed rows would change, found by out_id, else by in_id, as a merge does. Rows that remove
-- or will be rejected change none.
{% from "chunk.jinja" import claimed %}
{% from "lookups.jinja" import looked_up %}
{% macro changing() %}
    select 1
    from {{ in_schema | ident }}.{{ in_table | ident }} i
    {{ caller() }}
{% for lookup in lookups %}
    left join {{ lookup.alias }} on {{ lookup.alias }}.written = i.{{ lookup.column }}
{% endfor %}
    where {{ claimed(chunk) }} and i.removed is not true and g._state = 'ACTUAL'
{% for field in rejecting %}
      and not {{ field.fault }}
{% endfor %}
      and ({% for field in fields %}{{ " or " if not loop.first }}g.{{ field.column }} is distinct from {{ field.value }}{% endfor %})
{% endmacro %}
with
{{ looked_up(lookups, store_schema) }}
changed as (
{% call changing() %}
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = nullif(i.out_id, '') collate "C"
{% endcall %}
    union all
{% call changing() %}
    join {{ store_schema | ident }}.{{ golden | ident }} g on nullif(i.out_id, '') is null and g._in_id = i.in_id collate "C"
{% endcall %}
    union all
{% call changing() %}
    join {{ store_schema | ident }}.alias a on nullif(i.out_id, '') is null and a.bo = :bo and a.in_id = i.in_id collate "C"
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = a.instance
{% endcall %}
)
select count(*) as rows from changed
