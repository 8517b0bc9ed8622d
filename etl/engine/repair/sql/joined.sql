-- The instance that was joined with another one by the unit that gave the id; none where another kind of unit gave it.
select j.instance
from {{ store_schema | ident }}.unit u
join {{ store_schema | ident }}.journal j on j.run = u.number
where u.number = :merged_by and u.kind = 'repair' and j.bo = :bo and j.field is null
  and j.instance <> :kept and jsonb_exists(j.before, '_in_id')
