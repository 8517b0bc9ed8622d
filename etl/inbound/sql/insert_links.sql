-- Links that are not there yet, in the order of their key. Two external ids of one instance make one link; the task that
-- meets another one's same link at the same time is tried again.
with created as (
    insert into {{ store_schema | ident }}.{{ golden_link | ident }} (_owner, _target, _target_bo, _linked_at)
    select distinct on (s.owner, s.target) s.owner, s.target, :target_bo, s.linked_at
    from stage s
    where s.owner is not null and s.target is not null
      and not exists (
          select 1 from {{ store_schema | ident }}.{{ golden_link | ident }} g
          where g._owner = s.owner and g._target = s.target
      )
    order by s.owner, s.target, s.linked_at desc
    returning _owner, _target
)
insert into {{ store_schema | ident }}.journal (run, bo, field, instance, target, change)
select :run, :bo, :field, _owner, _target, 'linked' from created
