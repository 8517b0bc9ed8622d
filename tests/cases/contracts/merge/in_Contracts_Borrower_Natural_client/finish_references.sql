-- A resolved reference is deleted, and the partner's row, if it still exists, is done. One that another transaction has
-- ended meanwhile is not linked. With `is_given` the stage has rows that give such a link again.
with arrived as (
    delete from store_demo.boi_reference r
    using stage s
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo
      and r.owner_in_id = s.owner_in_id collate "C" and r.owner = case when s.owner_in_id = '' then coalesce(s.owner, '') else '' end
      and r.target_field = ''
      and r.target_value = s.target_value collate "C"
      and s.owner is not null and s.target is not null and not s.removed
    returning
        r.owner_in_id, r.owner, r.target_field, r.target_value, r.linked_at, r.run, r.waiting_since,
        r.origin
),
noted as (
    insert into store_demo.ended_reference
        (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since,
        origin, ended_by)
    select
        :bo, :field, :target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since,
        origin, :run
    from arrived
    where run <> :run
)
update in_tables.in_Contracts_Borrower_Natural_client l
set in_status = 'DONE'
from arrived
where l.Contracts_id = arrived.owner_in_id collate "default"
  and l.Borrower_id = arrived.target_value collate "default" and arrived.target_field = ''
  and l.in_status = 'WAITING'
