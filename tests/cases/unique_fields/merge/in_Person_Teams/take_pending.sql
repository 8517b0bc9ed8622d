-- What other sources have ended since the last run: the partner's rows wait no longer.
with taken as (
    delete from store_demo.pending_status p
    where p.bo = :bo and p.field = :field and p.target_bo = :target_bo
    returning p.owner_in_id, p.target_in_id, p.in_status
)
update in_tables.in_Person_Teams l
set in_status = taken.in_status
from taken
where l.Person_id = taken.owner_in_id collate "default"
  and l.Teams_id = taken.target_in_id collate "default"
  and l.in_status = 'WAITING'
