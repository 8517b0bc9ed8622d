-- The row that counts gets the values that it does not give from the rows behind it: the result is the same as merging
-- them one after the other.
{% from "ways.jinja" import gives, wants %}
{% set last = "(array_agg(%s order by _turn) filter (where _turn = 1))[1]" %}
{% macro folded(field, value) -%}
{% if field.sets_value %}
{% set sets_value = "not _removed and _sets_value[%d]" | format(field.sets_value_at) %}
{% set order = ("_time desc nulls last, " if field.ownership and field.ownership.is_late else "") ~ "_turn" %}
case
    when bool_or({{ sets_value }}) then (array_agg({{ value }} order by {{ order }}) filter (where {{ sets_value }}))[1]
    else {{ last | format(value) }}
end
{%- else %}{{ last | format(value) }}
{%- endif %}
{%- endmacro %}
update stage s
set _winner = null{% for field in fields %},
    {{ field.column }} = f.{{ field.column }}{% endfor %}{% for field in unique %},
    _holder_{{ field.short }} = f._holder_{{ field.short }},
    _wants_{{ field.short }} = {{ wants(field, "f." ~ field.column, "false", "f._known_state") }},
    _gives_{{ field.short }} = {{ gives(field, "f." ~ field.column, "false", "f._known_state") }}{% endfor %},
    _action = case
        when f._known_state = 'REMOVED' or {{ fields | each("g.{0.column} is distinct from f.{0.column}") | any_of }}
        then 'changed'
        else 'unchanged'
    end
from (
    select
{% for field in fields %}
        {{ folded(field, field.column) }} as {{ field.column }},
{% endfor %}
{% for field in unique %}
        {{ folded(field, "_holder_" ~ field.short) }} as _holder_{{ field.short }},
{% endfor %}
        _known, min(_known_state) as _known_state, min(_row) filter (where _turn = 1) as _row
    from duplicate
    group by _known
    having not {{ "bool_or(_removed and _turn = 1)" if time else "bool_and(_removed)" }}
) f
join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = f._known
where s._row = f._row
