-- Links that the run took away and no later run has touched come back as they were.
{% from "later_link.jinja" import later_link %}
with back as (
    insert into {{ store_schema | ident }}.{{ golden_link | ident }} (_owner, _target, _target_bo, _linked_at)
    select distinct on (j.instance, j.target)
        j.instance, j.target, j.before ->> '_target_bo', cast(j.before ->> '_linked_at' as timestamp with time zone)
    from {{ store_schema | ident }}.journal j
    where j.run = :run and j.bo = :bo and j.field = :field and j.change = 'unlinked'
      and not {{ later_link(store_schema) }}
      and not exists (
          select 1 from {{ store_schema | ident }}.journal own
          where own.run = :run and own.n < j.n and own.bo = :bo and own.field = :field and own.change = 'linked'
            and own.instance = j.instance and own.target = j.target
      )
    order by j.instance, j.target, j.n
    on conflict do nothing
    returning _owner, _target
)
insert into {{ store_schema | ident }}.journal (run, bo, field, instance, target, change)
select :as_run, :bo, :field, _owner, _target, 'linked' from back
