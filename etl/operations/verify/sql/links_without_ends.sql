-- The links of a field to one object, and those of them without one of their ends.
select count(*) as links, count(*) filter (where o._id is null or t._id is null) as lacking,
    min(concat_ws(' -> ', l._owner, l._target)) filter (where o._id is null or t._id is null) as example
from {{ schema | ident }}.{{ table | ident }} l
left join {{ schema | ident }}.{{ owner | ident }} o on o._id = l._owner
left join {{ schema | ident }}.{{ target | ident }} t on t._id = l._target
where l._target_bo = :target_bo
