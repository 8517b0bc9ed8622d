-- Whether there are files that no run has stored.
select 1 as found
from in_tables.in_fileStorage
where not coalesce(uploaded, false)
limit 1