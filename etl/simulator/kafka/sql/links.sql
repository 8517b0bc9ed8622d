-- The links of the partner's instances in a field.
select count(*) as links
from {{ store_schema | ident }}.{{ link_table | ident }} l
join {{ store_schema | ident }}.{{ table | ident }} o on o._id = l._owner
where o._in_id ^@ :prefix
