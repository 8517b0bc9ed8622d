-- Whether fields wait for files.
select 1 as found
from {{ store_schema | ident }}.file_reference
limit 1
