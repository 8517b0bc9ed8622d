-- How many instances the claimed rows would change, found as a merge does: by out_id, else by in_id, else by a unique
-- value, unless another row removes its holder. Rows that remove or will be rejected change none; of several rows for
-- one instance a single different one counts.
{% from "chunk.jinja" import claimed %}
{% from "lookups.jinja" import looked_up %}
{% macro changing() %}
    select g._id
    from {{ in_schema | ident }}.{{ in_table | ident }} i
{% for lookup in lookups %}
    left join {{ lookup.alias }} on {{ lookup.alias }}.written = i.{{ lookup.column }}
{% endfor %}
    {{ caller() }}
    where {{ claimed(chunk) }} and i.removed is not true and g._state <> 'REMOVED'
{% for field in rejecting %}
      and not {{ field.is_bad }}
{% endfor %}
      and {{ fields | each("g.{0.column} is distinct from {0.result_sql}") | any_of }}
{% endmacro %}
{% macro removing(way) %}
        select 1 from {{ in_schema | ident }}.{{ in_table | ident }} i
        where {{ claimed(chunk) }} and i.removed and {{ way }}
{%- endmacro %}
with
{{ looked_up(lookups, store_schema) }}
changed as (
{% call changing() %}
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = nullif(i.out_id, '') collate "C"
{% endcall %}
    union
{% call changing() %}
    join {{ store_schema | ident }}.{{ golden | ident }} g
        on nullif(i.out_id, '') is null and g._in_id = i.in_id collate "C"
{% endcall %}
    union
{% call changing() %}
    join {{ store_schema | ident }}.alias a
        on nullif(i.out_id, '') is null and a.bo = :bo and a.in_id = i.in_id collate "C"
    join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = a.instance
{% endcall %}
{% for field in unique %}
    union
{% call changing() %}
    left join {{ store_schema | ident }}.{{ golden | ident }} b on b._in_id = i.in_id collate "C"
    left join {{ store_schema | ident }}.alias a on a.bo = :bo and a.in_id = i.in_id collate "C"
    join {{ store_schema | ident }}.{{ golden | ident }} g
        on {{ field.compared("g." ~ field.column) }} = {{ field.compared(field.input_sql) }}
        and nullif(i.out_id, '') is null and i.in_id <> '' and b._id is null and a.instance is null
        and not exists ({{ removing('i.in_id collate "C" = g._in_id') }}
        )
        and not exists ({{ removing('i.out_id collate "C" = g._id') }}
        )
        and not exists ({{ removing('exists (select from ' ~ (store_schema | ident)
            ~ '.alias r where r.bo = :bo and r.in_id = i.in_id collate "C" and r.instance = g._id)') }}
        )
{% endcall %}
{% endfor %}
)
select count(*) as rows from changed
