-- Claimed rows that depend on another one: they name the same instance, or want or have a unique value that the other
-- row wants or has. Most rows concern only their own instance.
{% from "chunk.jinja" import claimed %}
{% from "lookups.jinja" import looked_up %}
{% from "ways.jinja" import known_by, returning, ways %}
{# The REMOVED instance that a row restores, which keeps unique values that the row does not set. #}
{% set kept = unique | selectattr("sets_value") | list %}
{% set is_restored -%}
g._id = {{ known_by(unique) }}
        and g._state = 'REMOVED' and not coalesce(i.removed, false)
        and not ({{ kept | each("{0.sets_value}") | all_of }})
{%- endset %}
{% from "joins.jinja" import find_one %}
create temporary table remaining on commit drop as
with
{{ looked_up(lookups, store_schema) }}
named as (
    select i.id, {{ known_by(unique) }} as instance{% for field in unique %},
        {{ "coalesce(u_%s._id, r_%s._id)" | format(field.short, field.short) if field.sets_value
            else "u_%s._id" | format(field.short) }} as holder_{{ field.short }},
        case
{% if field.sets_value %}
            when g._id is not null and not {{ field.sets_value }}
            then case
                when r_{{ field.short }}._id is null then cast({{ field.compared("g." ~ field.column) }} as text)
            end
{% endif %}
            when u_{{ field.short }}._id is null and not coalesce(i.removed, false)
            {{- " and not %s" | format(field.is_bad) if field.is_bad }}
            then cast({{ field.compared(field.input_sql) }} as text)
        end as wants_{{ field.short }}{% endfor %}

    from {{ in_schema | ident }}.{{ in_table | ident }} i
{{ ways(fields, unique, lookups, store_schema, golden) }}
{% if kept %}
{{ find_one("%s.%s" | format(store_schema | ident, golden | ident), "g", is_restored, true) }}
{{ returning(kept, store_schema, golden, "not coalesce(i.removed, false)", true) }}
{% endif %}
    where {{ claimed(chunk) }}
),
touched as materialized (
    select id, '' as field, cast(instance as text) as key from named where instance is not null
{% for field in unique %}
    union all
    select id, '', cast(holder_{{ field.short }} as text)
    from named
    where holder_{{ field.short }} <> coalesce(instance, '')
    union all
    select id, '{{ field.short }}', wants_{{ field.short }} from named where wants_{{ field.short }} is not null
{% endfor %}
)
select distinct t.id
from touched t
join (select field, key from touched group by field, key having min(id) <> max(id)) shared
    on shared.field = t.field and shared.key = t.key
