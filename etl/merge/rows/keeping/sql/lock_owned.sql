-- Instances that do not change, of which a field gets another source: what another transaction writes into them waits
-- for this one, and what it has written since they were staged is counted.
with locked as materialized (
    select g._id, g.xmin as version
    from {{ store_schema | ident }}.{{ golden | ident }} g
    where g._id in (select instance from owner_change)
    for no key update of g
)
select count(*) as missed
from locked l
join stage s on s._known = l._id and s._action = 'unchanged'{{ " and not s._loses" if exact }}
    {{- " and not s._stale" if time }}
where l.version <> s._known_version
