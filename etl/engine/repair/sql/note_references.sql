-- What waited for the other instance's sake waits again after an undo.
insert into {{ store_schema | ident }}.ended_reference
    (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since, origin,
        ended_by)
select bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since, origin, :run
from {{ store_schema | ident }}.boi_reference
where bo = :bo and owner = :absorbed
