-- linkMode replace: the batch's rows of an owner are its full set, which is empty if all of them are removed. Links
-- and references that they do not name are removed, and the partner's row of such a reference waits no longer. An owner
-- that has not arrived either is known by its external id.
with owners as materialized (select distinct owner, owner_in_id from stage),
called as materialized (
    select owner, owner_in_id from owners
    union
    select o.owner, g._in_id
    from owners o
    join store_demo.bo_NaturalClaim g on g._id = o.owner
    union
    select o.owner, a.in_id from owners o join store_demo.alias a on a.bo = :bo and a.instance = o.owner
),
gone as (
    delete from store_demo.link_NaturalClaim_Natural g
    using owners o
    where g._owner = o.owner and g._target_bo = :target_bo
      and not exists (select 1 from stage s where s.owner = g._owner and s.target = g._target and not s.removed)
    returning g._owner, g._target, jsonb_build_object('_target_bo', g._target_bo, '_linked_at', g._linked_at) as before
),
found as materialized (
    select r.owner_in_id, r.owner, r.target_field, r.target_value, c.owner as known_owner
    from called c
    join store_demo.boi_reference r
        on r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.owner_in_id = c.owner_in_id collate "C" and r.owner_in_id <> ''
    union
    select r.owner_in_id, r.owner, r.target_field, r.target_value, o.owner
    from owners o
    join store_demo.boi_reference r on r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.owner = o.owner and r.owner <> ''
),
forgotten as (
    delete from store_demo.boi_reference r
    using found f
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo
      and r.owner_in_id = f.owner_in_id and r.owner = f.owner
      and r.target_field = f.target_field and r.target_value = f.target_value
      and not exists (
          select 1 from stage s
          where not s.removed and '' = r.target_field and s.target_value = r.target_value
            and (s.owner = f.known_owner or s.owner_in_id = nullif(r.owner_in_id, ''))
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
),
given_up as (
update in_tables.in_NaturalClaim_Natural l
set in_status = 'DONE'
from forgotten
where l.NaturalClaim_id = forgotten.owner_in_id collate "default"
  and l.Natural_id = forgotten.target_value collate "default" and forgotten.target_field = ''
  and l.in_status = 'WAITING'

)
insert into store_demo.journal (run, bo, field, instance, target, change, before)
select :run, :bo, :field, _owner, _target, 'unlinked', before from gone