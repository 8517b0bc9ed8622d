-- Its links that wait are those of the one that stays.
insert into {{ store_schema | ident }}.boi_reference
    (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since, origin)
select bo, field, target_bo, owner_in_id, :kept, target_field, target_value, linked_at, :run, waiting_since, origin
from {{ store_schema | ident }}.boi_reference
where bo = :bo and owner = :absorbed
on conflict do nothing
