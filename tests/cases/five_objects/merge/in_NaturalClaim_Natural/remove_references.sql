-- Removes the references that rows of the stage name, by any external id of an existing end, and counts the rows that
-- found one. The partner's row of such a reference waits no longer. Between existing ends only references that an undo
-- restored wait.
with removing as materialized (
    select _place, owner_in_id, target_in_id, owner, target
    from stage
    where removed
),
owners as (
    select _place, owner_in_id collate "C" as in_id from removing
    union
    select r._place, g._in_id from removing r join store_demo.bo_NaturalClaim g on g._id = r.owner
    union
    select r._place, a.in_id from removing r join store_demo.alias a on a.bo = :bo and a.instance = r.owner
),
targets as (
    select _place, target_in_id collate "C" as in_id from removing
    union
    select r._place, g._in_id from removing r join store_demo.bo_NaturalPerson g on g._id = r.target
    union
    select r._place, a.in_id from removing r join store_demo.alias a on a.bo = :target_bo and a.instance = r.target
),
found as materialized (
    select o._place, w.owner_in_id, w.target_in_id
    from owners o
    join targets t on t._place = o._place
    join store_demo.boi_reference w
        on w.bo = :bo and w.field = :field and w.target_bo = :target_bo
        and w.owner_in_id = o.in_id and w.target_in_id = t.in_id
),
gone as (
    delete from store_demo.boi_reference w
    using (select distinct owner_in_id, target_in_id from found) f
    where w.bo = :bo and w.field = :field and w.target_bo = :target_bo
      and w.owner_in_id = f.owner_in_id and w.target_in_id = f.target_in_id
    returning w.owner_in_id, w.target_in_id, w.linked_at, w.run, w.waiting_since
),
noted as (
    insert into store_demo.ended_reference
        (bo, field, target_bo, owner_in_id, target_in_id, linked_at, run, waiting_since, ended_by)
    select :bo, :field, :target_bo, owner_in_id, target_in_id, linked_at, run, waiting_since, :run
    from gone
    where run <> :run
),
given_up as (
update in_tables.in_NaturalClaim_Natural l
set in_status = 'DONE'
from gone
where l.NaturalClaim_id = gone.owner_in_id collate "default"
  and l.Natural_id = gone.target_in_id collate "default"
  and l.in_status = 'WAITING'

)
select 'rows' as counter, count(distinct _place) as rows from found