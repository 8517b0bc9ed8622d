-- Links of the stage that do not exist yet.
with fresh as (
    select distinct on (s.owner, s.target) s.owner, s.target, s.linked_at, s._origin as origin
    from stage s
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
)
insert into store_demo.journal (run, bo, field, instance, target, change, origin)
select :run, :bo, :field, owner, target, 'linked', origin from fresh