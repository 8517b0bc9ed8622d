-- Links and fields that wait for ends and files that have not arrived, the most frequent first.
select bo, field, target_bo, count(*) as links, min(waiting_since) as since
from {{ store_schema | ident }}.boi_reference
group by bo, field, target_bo
union all
select bo, field, '{{ file_storage }}', count(*), min(waiting_since)
from {{ store_schema | ident }}.file_reference
group by bo, field
order by links desc, bo, field, target_bo
