-- Restores links that the run removed and no later run has touched.
{% from "later_link.jinja" import later_link %}
with back as (
    insert into {{ store_schema | ident }}.{{ golden_link | ident }} (_owner, _target, _target_bo, _linked_at)
    select j.instance, j.target, j.before ->> '_target_bo', cast(j.before ->> '_linked_at' as timestamp with time zone)
    from (
        select distinct on (instance, target) instance, target, n, change, before
        from undo_change
        where bo = :bo and field = :field
        order by instance, target, n
    ) j
    where j.change = 'unlinked' and not {{ later_link() }}
      and not exists (
          select from undo_made m
          where m.bo = :bo and m.field = :field and m.instance = j.instance and m.target = j.target
      )
    on conflict do nothing
    returning _owner, _target
)
insert into {{ store_schema | ident }}.journal (run, bo, field, instance, target, change)
select :as_run, :bo, :field, _owner, _target, 'linked' from back
