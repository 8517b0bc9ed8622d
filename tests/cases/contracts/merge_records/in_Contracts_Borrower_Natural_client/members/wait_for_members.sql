-- See insert_references.
insert into store_demo.boi_reference
    (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, origin)
select :bo, :field, '', h.owner_in_id, h.owner, h.target_field, h.target_value, h.linked_at, :run, h._origin
from hit h
where h.fault is null and h.target is null and not h.removed and h.age = 1
on conflict (bo, field, target_bo, owner_in_id, owner, target_field, target_value)
do update set linked_at = greatest(boi_reference.linked_at, excluded.linked_at),
    origin = case when excluded.linked_at < boi_reference.linked_at then boi_reference.origin else excluded.origin end