-- A SINGLE field: removes the owner's links other than the one just written.
{% from "origin.jinja" import link_origin with context %}
with gone as (
    delete from {{ store_schema | ident }}.{{ golden_link | ident }} g
    using stage s
    where s.owner is not null and s.target is not null and g._owner = s.owner and g._target <> s.target
    returning
        g._owner, g._target, jsonb_build_object('_target_bo', g._target_bo, '_linked_at', g._linked_at) as before,
        {{ link_origin("s") }} as origin
)
insert into {{ store_schema | ident }}.journal (run, bo, field, instance, target, change, before, origin)
select :run, :bo, :field, _owner, _target, 'unlinked', before, origin from gone
