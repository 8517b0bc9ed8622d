-- Units that joined or split the instances, and the other instances of these: their journal has values of both.
select distinct o.run, o.instance
from {{ store_schema | ident }}.journal j
join {{ store_schema | ident }}.unit u on u.number = j.run and u.kind = 'repair'
join {{ store_schema | ident }}.journal o on o.run = j.run and o.bo = j.bo and o.field is null
where j.bo = :bo and j.field is null and j.instance = any(cast(:instances as text[]))
