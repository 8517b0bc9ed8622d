-- Values that change hands are put down before they are taken up: no index bears two instances with one value, be it for
-- the time of a statement. What they were is in the stage.
update store_demo.bo_Person g
set email = case when r.gives_0 then null else g.email end, Passport = case when r.gives_1 then null else g.Passport end, Number = case when r.gives_2 then null else g.Number end
from (
    select h._known, bool_or(w.k = 0) as gives_0, bool_or(w.k = 1) as gives_1, bool_or(w.k = 2) as gives_2
    from wish w
    join stage s on s._row = w._row and s._action in ('created', 'changed')
    join stage h on h._row = w.giver and h._action = 'changed'
    group by h._known
) r
where g._id = r._known