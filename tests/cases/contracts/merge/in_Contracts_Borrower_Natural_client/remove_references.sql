-- Removes the references that rows of the stage name, by any external id of an existing end, and counts the rows that
-- found one; also those that wait for any member of a composite. The partner's row of such a reference waits no longer.
-- Between existing ends only references that an undo restored wait, and such as have not been looked up yet.
with removing as materialized (
    select _source_row, owner_in_id, target_value, owner, target
    from stage
    where removed
),
owners as (
    select _source_row, owner_in_id collate "C" as in_id, '' collate "C" as owner from removing where owner_in_id <> ''
    union
    select _source_row, '', owner from removing where owner is not null
    union
    select r._source_row, g._in_id, ''
    from removing r
    join store_demo.bo_Contracts g on g._id = r.owner
    where g._in_id is not null
    union
    select r._source_row, a.in_id, ''
    from removing r
    join store_demo.alias a on a.bo = :bo and a.instance = r.owner
),
targets as (
    select
        _source_row, '' as target_field,
        target_value collate "C" as target_value
    from removing
    union
    select r._source_row, '', g._in_id
    from removing r
    join store_demo.bo_Natural_client g on g._id = r.target
    union
    select r._source_row, '', a.in_id
    from removing r
    join store_demo.alias a on a.bo = :target_bo and a.instance = r.target
),
found as materialized (
    select o._source_row, w.target_bo, w.owner_in_id, w.owner, w.target_field, w.target_value
    from owners o
    join targets t on t._source_row = o._source_row
    join store_demo.boi_reference w
        on w.bo = :bo and w.field = :field
      and w.target_bo in (:target_bo, '')
        and w.owner_in_id = o.in_id and w.owner = o.owner
        and w.target_field = t.target_field
        and w.target_value = t.target_value
),
gone as (
    delete from store_demo.boi_reference w
    using (select distinct x.target_bo, x.owner_in_id, x.owner, x.target_field, x.target_value from found x) f
    where w.bo = :bo and w.field = :field
      and w.target_bo in (:target_bo, '') and w.target_bo = f.target_bo
      and w.owner_in_id = f.owner_in_id and w.owner = f.owner
      and w.target_field = f.target_field and w.target_value = f.target_value
    returning
        w.target_bo, w.owner_in_id, w.owner, w.target_field, w.target_value, w.linked_at, w.run, w.waiting_since,
        w.origin
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
),
given_up as (
update in_tables.in_Contracts_Borrower_Natural_client l
set in_status = 'DONE'
from gone
where l.Contracts_id = gone.owner_in_id collate "default"
  and l.Borrower_id = gone.target_value collate "default" and gone.target_field = ''
  and l.in_status = 'WAITING'

)
select 'rows' as counter, count(distinct _source_row) as rows from found