-- linkMode replace: of the owners whose sets the source gives, in any of the field's tables, what waits for any member
-- and is not given again.
with owners as materialized (
    select h.owner, h.owner_in_id from hit h where h.fault is null
    union
    select
        coalesce(l.owner, o._id, oa.instance, ''),
        case when coalesce(l.owner, o._id, oa.instance) is null then l.owner_in_id else '' end
    from pg_temp.in_Contracts_Borrower_Natural_client l
    left join store_demo.bo_Contracts o on o._in_id = nullif(l.owner_in_id, '')
    left join store_demo.alias oa on oa.bo = :bo and oa.in_id = nullif(l.owner_in_id, '')
),
forgotten as (
    delete from store_demo.boi_reference r
    using owners o
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.owner_in_id = o.owner_in_id and r.owner = o.owner
      and not exists (
          select 1 from hit h
          where h.fault is null and h.target is null and not h.removed
            and r.owner_in_id = h.owner_in_id and r.owner = h.owner
      and r.target_field = h.target_field and r.target_value = h.target_value
      )
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
    from forgotten
    where run <> :run
)
select 1 from forgotten