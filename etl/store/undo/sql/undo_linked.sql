-- Removes links that the run made and no later run has touched.
{% from "later_link.jinja" import later_link %}
with gone as (
    delete from {{ store_schema | ident }}.{{ golden_link | ident }} g
    using (
        select distinct j.instance, j.target from undo_change j
        where j.bo = :bo and j.field = :field and j.change = 'linked' and not {{ later_link() }}
    ) j
    where g._owner = j.instance and g._target = j.target
    returning g._owner, g._target, jsonb_build_object('_target_bo', g._target_bo, '_linked_at', g._linked_at) as before
)
insert into {{ store_schema | ident }}.journal (run, bo, field, instance, target, change, before)
select :as_run, :bo, :field, _owner, _target, 'unlinked', before from gone
