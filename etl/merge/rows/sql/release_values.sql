-- Values that change hands are put down before they are taken up: no index bears two instances with one value, be it for
-- the time of a statement. What they were is in the stage.
update {{ store_schema | ident }}.{{ golden | ident }} g
set {{ unique | each("{0.column} = case when r.gives_{0.short} then null else g.{0.column} end") | comma_list }}
from (
    select {{ (["h._known"] + (unique | each("bool_or(w.field = '{0.short}') as gives_{0.short}"))) | comma_list }}
    from value_claim w
    join stage s on s._row = w._row and s._action in ('created', 'changed')
    join stage h on h._row = w.giver and h._action = 'changed'
    group by h._known
) r
where g._id = r._known
