-- Links of the stage that do not exist yet.
with created as (
    insert into store_demo.link_Contracts_Borrower (_owner, _target, _target_bo, _linked_at)
    select distinct on (s.owner, s.target) s.owner, s.target, :target_bo, s.linked_at
    from stage s
    where s.owner is not null and s.target is not null
      and not exists (
          select 1 from store_demo.link_Contracts_Borrower g
          where g._owner = s.owner and g._target = s.target
      )
    order by s.owner, s.target, s.linked_at desc
    returning _owner, _target
)
insert into store_demo.journal (run, bo, field, instance, target, change)
select :run, :bo, :field, _owner, _target, 'linked' from created