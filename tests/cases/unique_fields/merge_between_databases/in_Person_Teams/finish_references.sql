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
insert into pg_temp.ended (owner_in_id, target_in_id, in_status)
select owner_in_id, target_value, 'DONE' from arrived where owner = '' and target_field = ''
