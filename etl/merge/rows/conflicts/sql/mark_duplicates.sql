-- The other rows change nothing by themselves. What of them is not in the store is reported (_winner).
update stage s
set
    _loses = true,
    _action = 'unchanged',
{% if time %}
    _stale = t._removed <> w._removed,
{% endif %}
{% for field in unique %}
    _holder_{{ field.short }} = null,
    _wants_{{ field.short }} = null,
    _gives_{{ field.short }} = false,
{% endfor %}
    _winner = case
        when t._removed <> w._removed
{% for field in fields %}
{% set kept = "case when w._action in ('created', 'changed') then w.%s else g.%s end"
    | format(field.column, field.column) %}
            or not t._removed{{ " and t._sets_value[%d]" | format(field.sets_value_at) if field.sets_value }}
            and {{ field.differ("t." ~ field.column, kept) }}
{% endfor %}
        then coalesce(w._in_id, w._out_id)
    end
from duplicate t
join duplicate one on one._known = t._known and one._turn = 1
join stage w on w._row = one._row
join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = t._known
where s._row = t._row and t._turn > 1
