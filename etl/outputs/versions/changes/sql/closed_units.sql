-- The newest unit, and the oldest that may still change the store.
select max(u.number) as newest, min(u.number) filter (where u.closed_by is null) as first_open
from {{ store_schema | ident }}.unit u
