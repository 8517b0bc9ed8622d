-- The current row of an error, each value cut. After a truncate another row may have the same id; it is excluded by the
-- run that claimed it and by in_id.
select
{% for column in columns %}
    case
        when char_length(cast(i.{{ column | ident }} as text)) > :width
        then left(cast(i.{{ column | ident }} as text), :width) || '…'
        else cast(i.{{ column | ident }} as text)
    end as {{ column | ident }}{{ "," if not loop.last }}
{% endfor %}
from {{ in_schema | ident }}.{{ table | ident }} i
{% if link %}
where i.{{ link.owner_column | ident }} = :in_id and i.{{ link.target_column | ident }} = :value
{% elif not has_row_id %}
where i.{{ key | ident }} = :in_id
{% else %}
where i.id = :row_id and (cast(:in_id as text) is null or i.in_id = :in_id or i.occupied_id = :run)
{% endif %}
