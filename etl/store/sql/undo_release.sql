-- Before unique values are given back they are put down where they are now: no index bears two instances with one value, be
-- it for the time of a statement.
update {{ store_schema | ident }}.{{ golden | ident }} g
set _state = case when u.is_live then g._state else 'REMOVED' end{% for field in unique %},
    {{ field.column }} = case when u.is_live and u.gives_{{ field.short }} then null else g.{{ field.column }} end{% endfor %}

from undone u
where g._id = u.instance and u.images <> '{}' and {{ unique | each("u.gives_{0.short}") | any_of }}
