-- The current row of an error, each value cut.
{% from "row_of.jinja" import is_row_of %}
select
{% for column in columns %}
    case
        when char_length(cast(i.{{ column | ident }} as text)) > :width
        then left(cast(i.{{ column | ident }} as text), :width) || '…'
        else cast(i.{{ column | ident }} as text)
    end as {{ column | ident }}{{ "," if not loop.last }}
{% endfor %}
from {{ in_schema | ident }}.{{ table | ident }} i
where {{ is_row_of(link, key, has_row_id) }}
