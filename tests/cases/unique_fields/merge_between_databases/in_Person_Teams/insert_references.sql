-- Rows with a missing end wait by their external ids; one that waits already keeps its start time.
insert into store_demo.boi_reference
    (bo, field, target_bo, owner_in_id, target_in_id, linked_at, run)
select :bo, :field, :target_bo, s.owner_in_id, s.target_in_id, s.linked_at, :run
from stage s
where (s.owner is null or s.target is null)
  and not exists (
      select 1 from store_demo.boi_reference r
      where r.bo = :bo and r.field = :field and r.target_bo = :target_bo
        and r.owner_in_id = s.owner_in_id collate "C" and r.target_in_id = s.target_in_id collate "C"
  )
on conflict do nothing