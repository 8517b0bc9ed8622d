-- The instances that a unit of the operator has written.
select distinct j.bo, j.instance
from {{ store_schema | ident }}.journal j
join {{ store_schema | ident }}.unit u on u.number = j.run and u.source = :source
where j.run = :unit and j.field is null
