-- The instances of the rows that were merged.
select cast(out_id as text)
from {{ schema | ident }}.{{ table | ident }}
where in_status = 'DONE' and out_id is not null
