-- Links from and to the instance end, as if a row had ended them.
{% import "rows.jinja" as rows %}
with gone as (
    delete from {{ schema | ident }}.{{ table | ident }} t
    where {{ rows.of_link(v) }}
    returning t._owner, t._target, jsonb_build_object('_target_bo', t._target_bo, '_linked_at', t._linked_at) as before
)
insert into {{ schema | ident }}.journal (run, bo, field, instance, target, change, before)
select :number, :link_bo, :link_field, _owner, _target, 'unlinked', before from gone
