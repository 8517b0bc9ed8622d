-- Golden rows for the mirror, without their long values.
{% from "window.jinja" import window %}
{% from "mirror.jinja" import changed %}
select
{% for column in columns %}
    {% set value = "g." ~ (column.name | ident) %}
    {% set copied = "case when octet_length(%s) <= %d then %s end" | format(value, inline_bytes, value) %}
    {{ copied if column in long else value }}{{ "," if not loop.last }}
{% endfor %}
from {{ schema | ident }}.{{ golden | ident }} g
where {{ changed(schema, is_link, is_all, window) }}
