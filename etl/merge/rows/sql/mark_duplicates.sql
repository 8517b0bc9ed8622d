-- The other rows change nothing by themselves. What of them is not in the store is reported (_winner).
update stage s
set _loses = true, _action = 'unchanged'{% for field in unique %}, _holder_{{ loop.index0 }} = null, _wants_{{ loop.index0 }} = null, _gives_{{ loop.index0 }} = false{% endfor %},
    _winner = case when t._removed <> w._removed{% for field in fields %} or not t._removed{% if field.brings %} and t._brings[{{ folding.index(field) + 1 }}]{% endif %} and {{ field.differ("t." ~ field.column, "case when w._action in ('created', 'changed') then w.%s else g.%s end" | format(field.column, field.column)) }}{% endfor %} then coalesce(w._in_id, w._out_id) end
from duplicate t
join duplicate one on one._known = t._known and one._turn = 1
join stage w on w._row = one._row
join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = t._known
where s._row = t._row and t._turn > 1
