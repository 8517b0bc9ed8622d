-- Rows with a missing end wait; one that waits already keeps its start time. The in_ tables give both ends by their
-- external ids. Other sources give the owner by its instance, where it is there, and may give a link that waits already
-- once more: the newest row counts. Its origin is kept for the journal; that of a row of in_ tables are its ids.
insert into store_demo.boi_reference
    (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, origin)
select
    :bo, :field, :target_bo, s.owner_in_id, case when s.owner_in_id = '' then coalesce(s.owner, '') else '' end, s.target_field, s.target_value,
    max(s.linked_at), :run,
    (array_agg(s._origin order by s.linked_at desc, s._source_row desc))[1]
from stage s
where s.owner is null or s.target is null
group by s.owner_in_id, case when s.owner_in_id = '' then coalesce(s.owner, '') else '' end, s.target_field, s.target_value
on conflict (bo, field, target_bo, owner_in_id, owner, target_field, target_value)
do update set linked_at = greatest(boi_reference.linked_at, excluded.linked_at),
    origin = case when excluded.linked_at < boi_reference.linked_at then boi_reference.origin else excluded.origin end
