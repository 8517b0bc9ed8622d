-- Whether an undo has restored references of this link table: they may wait for ends that exist.
select 1 as found
from store_demo.boi_reference
where restored_by is not null and bo = :bo and field = :field and target_bo = :target_bo
limit 1