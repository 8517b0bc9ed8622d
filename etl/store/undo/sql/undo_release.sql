-- Before unique values are restored they are cleared where they are now: a unique index allows no two instances with
-- one value, not even within a statement.
update {{ store_schema | ident }}.{{ golden | ident }} g
set _state = case when u.is_live then g._state else 'REMOVED' end{% for field in unique %},
    {{ field.column }} = case
        when u.is_live and u.gives_{{ field.short }} then null
        else g.{{ field.column }}
    end{% endfor %}

from undone u
where g._id = u.instance and u.images <> '{}' and {{ unique | each("u.gives_{0.short}") | any_of }}
