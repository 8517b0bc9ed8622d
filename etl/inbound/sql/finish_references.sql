-- What arrived waits no longer: the reference goes, and the partner's row, if it is still there, is done.
with arrived as (
    delete from {{ store_schema | ident }}.boi_reference r
    using stage s
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo
      and r.owner_in_id = s.owner_in_id and r.target_in_id = s.target_in_id
    returning r.owner_in_id, r.target_in_id
)
update {{ in_schema | ident }}.{{ in_table | ident }} l
set in_status = 'DONE'
from arrived
where l.{{ owner_column | ident }} = arrived.owner_in_id collate "default"
  and l.{{ target_column | ident }} = arrived.target_in_id collate "default"
  and l.in_status = 'WAITING'
