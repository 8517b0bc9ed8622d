-- Errors whose link rows were deleted, but whose link exists.
select e.id
from unnest(cast(:ids as bigint[]), cast(:in_ids as text[]), cast(:ends as text[])) as e (id, in_id, target)
join {{ store_schema | ident }}.{{ owner | ident }} o on o._in_id = e.in_id
join {{ store_schema | ident }}.{{ target | ident }} t on t._in_id = e.target
join {{ store_schema | ident }}.{{ golden | ident }} l on l._owner = o._id and l._target = t._id
