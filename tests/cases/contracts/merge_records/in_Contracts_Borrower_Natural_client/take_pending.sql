-- What other sources have ended since the last run: the partner's rows wait no longer.
with taken as (
    delete from store_demo.pending_status p
    where p.bo = :bo and p.field = :field and p.target_bo = :target_bo
    returning p.owner_in_id, p.target_in_id, p.in_status
)
insert into pg_temp.ended (owner_in_id, target_in_id, in_status)
select owner_in_id, target_in_id, in_status from taken
