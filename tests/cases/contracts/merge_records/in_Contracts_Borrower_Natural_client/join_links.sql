-- A chunk's claimed link rows with both ends, found by the ends' external ids: done, and their links made. Rows that
-- remove a link are left.
with joined as (
    update pg_temp.in_Contracts_Borrower_Natural_client l
    set in_status = 'DONE'
    from store_demo.bo_Contracts o,
        store_demo.bo_Natural_client t
    where l.in_status = 'ON_WORK' and l.removed is not true and l.ctid >= cast(:first as tid) and l.ctid < cast(:after as tid)
      and o._in_id = l.Contracts_id collate "C" and t._in_id = l.Borrower_id collate "C"
    returning
        o._id as owner, t._id as target, coalesce(l.inserted_date, :started_at) as linked_at,
        l.Contracts_id as owner_in_id, l.Borrower_id as target_value
),
fresh as (
    select distinct on (s.owner, s.target) s.owner, s.target, s.linked_at, s._origin as origin
    from joined s
    where s.owner is not null and s.target is not null
      and ((
          select 1 from store_demo.link_Contracts_Borrower g
          where g._owner = s.owner and g._target = s.target
          limit 1
      ) is null)
    order by s.owner, s.target, s.linked_at desc
),
created as (
    insert into store_demo.link_Contracts_Borrower (_owner, _target, _target_bo, _linked_at)
    select owner, target, :target_bo, linked_at from fresh
),
journalled as (
    insert into store_demo.journal (run, bo, field, instance, target, change, origin)
select :run, :bo, :field, owner, target, 'linked', origin from fresh
)
select 'joined' as counter, count(*) as rows from joined
union all
select 'created', count(*) from fresh