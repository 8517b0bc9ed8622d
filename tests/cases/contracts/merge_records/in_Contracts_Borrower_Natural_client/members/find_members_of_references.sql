-- As stage_references, for links that wait for any member of a composite: what came since they were looked up last,
-- with the instances of all members that they may mean.
create temporary table hit on commit drop as
with
arrived as materialized (
    select j.bo, g._in_id as in_id
    from store_demo.journal j
    join store_demo.bo_Contracts g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = :bo and j.field is null
      and j.change in ('created', 'returned')
    union
    select j.bo, g._in_id
    from store_demo.journal j
    join store_demo.bo_Natural_client g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = 'Natural_client' and j.field is null
      and j.change in ('created', 'returned')
    union
    select j.bo, g._in_id
    from store_demo.journal j
    join store_demo.bo_Legal_client g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = 'Legal_client' and j.field is null
      and j.change in ('created', 'returned')
    union
    select j.bo, g._in_id
    from store_demo.journal j
    join store_demo.bo_IP_client g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = 'IP_client' and j.field is null
      and j.change in ('created', 'returned')
    union
    select a.bo, a.in_id from store_demo.alias a where a.bo in (:bo, 'Natural_client', 'Legal_client', 'IP_client')
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
    where a.bo in ('Natural_client', 'Legal_client', 'IP_client')
)
select r.owner_in_id, r.owner, r.target_field, r.target_value, r.linked_at, r.origin,
    coalesce(nullif(r.owner, ''), o._id, oa.instance) as known_owner,
    found.targets, found.targets[1] as target, found.target_bos[1] as target_bo
from near r
left join store_demo.bo_Contracts o on o._in_id = nullif(r.owner_in_id, '')
left join store_demo.alias oa on oa.bo = :bo and oa.in_id = nullif(r.owner_in_id, '')
cross join lateral (
    select array_agg(h.target) as targets, array_agg(h.target_bo) as target_bos
    from (

    select m._id as target, 'Natural_client' as target_bo
    from store_demo.bo_Natural_client m
    where r.target_field = '' and m._in_id = nullif(r.target_value, '')
    union
    select a.instance, 'Natural_client'
    from store_demo.alias a
    where r.target_field = '' and a.bo = 'Natural_client'
      and a.in_id = nullif(r.target_value, '')
    union
    select m._id as target, 'Legal_client' as target_bo
    from store_demo.bo_Legal_client m
    where r.target_field = '' and m._in_id = nullif(r.target_value, '')
    union
    select a.instance, 'Legal_client'
    from store_demo.alias a
    where r.target_field = '' and a.bo = 'Legal_client'
      and a.in_id = nullif(r.target_value, '')
    union
    select m._id as target, 'IP_client' as target_bo
    from store_demo.bo_IP_client m
    where r.target_field = '' and m._in_id = nullif(r.target_value, '')
    union
    select a.instance, 'IP_client'
    from store_demo.alias a
    where r.target_field = '' and a.bo = 'IP_client'
      and a.in_id = nullif(r.target_value, '')

    ) h
) found
where found.targets is not null