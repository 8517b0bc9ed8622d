-- The highest number of an accepted unit, 0 without any; of one source, with the former fence (adopt_fence).
select coalesce(max(unit), 0) as unit
from {{ schema | ident }}.store_fence
where cast(:source as text) is null or source in (:source, 'in_tables')
