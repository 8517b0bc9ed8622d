-- Rows with a missing end wait; one that waits already keeps its start time. The in_ tables give both ends by their
-- external ids. Other sources give the owner by its instance, where it is there, and may give a link that waits already
-- once more: the newest row counts. Its origin is kept for the journal; that of a row of in_ tables are its ids.
insert into store_demo.boi_reference
    (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run)
select :bo, :field, :target_bo, s.owner_in_id, '', '', s.target_value, s.linked_at, :run
from stage s
where (s.owner is null or s.target is null)
  and not exists (
      select 1 from store_demo.boi_reference r
      where r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.owner_in_id = s.owner_in_id collate "C" and r.owner = case when s.owner_in_id = '' then coalesce(s.owner, '') else '' end
      and r.target_field = ''
      and r.target_value = s.target_value collate "C"
  )
on conflict do nothing
