-- Whether there are files that no run has stored.
select 1 as found
from {{ in_schema | ident }}.in_fileStorage
where not coalesce(uploaded, false)
limit 1
