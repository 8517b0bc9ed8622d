-- Values that change hands are put down before they are taken up: no index bears two instances with one value, be it for
-- the time of a statement. What they were is in the stage.
update {{ store_schema | ident }}.{{ golden | ident }} g
set {% for field in unique %}{{ field.column }} = case when r.gives_{{ loop.index0 }} then null else g.{{ field.column }} end{{ ", " if not loop.last }}{% endfor %}

from (
    select h._known{% for field in unique %}, bool_or(w.k = {{ loop.index0 }}) as gives_{{ loop.index0 }}{% endfor %}

    from wish w
    join stage s on s._row = w._row and s._action in ('created', 'changed')
    join stage h on h._row = w.giver and h._action = 'changed'
    group by h._known
) r
where g._id = r._known
