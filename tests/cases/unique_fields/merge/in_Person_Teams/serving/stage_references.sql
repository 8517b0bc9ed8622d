-- References of this link table that have both ends by now.
create temporary table stage on commit drop as
with
arrived as materialized (
    select j.bo, g._in_id as in_id
    from store_demo.journal j
    join store_demo.bo_Person g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = :bo and j.field is null
      and j.change in ('created', 'returned')
    union
    select j.bo, g._in_id
    from store_demo.journal j
    join store_demo.bo_Team g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = 'Team' and j.field is null
      and j.change in ('created', 'returned')
    union
    select a.bo, a.in_id from store_demo.alias a where a.bo in (:bo, 'Team')
),
near as materialized (
    select r.owner_in_id, r.owner, r.target_field, r.target_value, r.linked_at, r.restored_by, r.origin
    from store_demo.boi_reference r
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo
      and r.written_by >= cast(:unserved_since as xid8)
    union
    select r.owner_in_id, r.owner, r.target_field, r.target_value, r.linked_at, r.restored_by, r.origin
    from store_demo.boi_reference r
    where r.restored_by is not null and r.bo = :bo and r.field = :field and r.target_bo = :target_bo
    union
    select r.owner_in_id, r.owner, r.target_field, r.target_value, r.linked_at, r.restored_by, r.origin
    from arrived a
    join store_demo.boi_reference r
        on r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.owner_in_id = a.in_id and r.owner_in_id <> ''
    where a.bo = :bo
    union
    select r.owner_in_id, r.owner, r.target_field, r.target_value, r.linked_at, r.restored_by, r.origin
    from arrived a
    join store_demo.boi_reference r
        on r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.target_value = a.in_id and r.target_field = ''
    where a.bo in ('Team')
)
select r.owner_in_id, r.target_field, r.target_value, r.linked_at, coalesce(nullif(r.owner, ''), o._id, oa.instance) as owner, coalesce(t._id, ta.instance) as target,
    coalesce(
        r.origin,
        cast(json_build_array(coalesce(nullif(r.owner_in_id, ''), r.owner), r.target_value) as text)
    ) as _origin
from near r
left join store_demo.bo_Person o on o._in_id = r.owner_in_id
left join store_demo.bo_Team t on t._in_id = r.target_value and r.target_field = ''
left join store_demo.alias oa on oa.bo = :bo and oa.in_id = r.owner_in_id
left join store_demo.alias ta
    on ta.bo = :target_bo and ta.in_id = r.target_value and r.target_field = ''
where coalesce(nullif(r.owner, ''), o._id, oa.instance) is not null and coalesce(t._id, ta.instance) is not null
  and (
      r.restored_by is null
      or not exists (
          select from store_demo.bo_Person g
          where g._id = coalesce(nullif(r.owner, ''), o._id, oa.instance) and g._state = 'REMOVED'
      )
      and not exists (
          select from store_demo.bo_Team g
          where g._id = coalesce(t._id, ta.instance) and g._state = 'REMOVED'
      )
  )