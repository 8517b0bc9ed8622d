-- What the batches of a load did.
select receipt
from {{ store_schema | ident }}.unit
where source = 'kafka' and kind = 'batch' and number > :before
order by number
