-- Links that wait for any member and are removed, and those of the same owner and value that wait for one of them.
with gone as (
    delete from store_demo.boi_reference r
    using hit h
    where r.bo = :bo and r.field = :field and r.target_bo = any(cast(:target_bos as text[]))
      and r.owner_in_id = h.owner_in_id and r.owner = h.owner and r.target_field = h.target_field
      and (
          r.target_value = h.target_value
      )
      and h.fault is null and h.removed and h.age = 1
    returning
        r.target_bo, r.owner_in_id, r.owner, r.target_field, r.target_value, r.linked_at, r.run, r.waiting_since,
        r.origin
),
noted as (
    insert into store_demo.ended_reference
        (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since,
        origin, ended_by)
    select
        :bo, :field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since,
        origin, :run
    from gone
    where run <> :run
)
select 1 from gone