-- Golden rows for the mirror, without their long values.
{% from "window.jinja" import window %}
{% from "mirror.jinja" import changed %}
select
{% for column in columns %}
    {% if column in long %}case when octet_length(g.{{ column.name | ident }}) <= {{ inline_bytes }} then g.{{ column.name | ident }} end{% else %}g.{{ column.name | ident }}{% endif %}{{ "," if not loop.last }}
{% endfor %}
from {{ schema | ident }}.{{ golden | ident }} g
where {{ changed(schema, is_link, is_all, window) }}
