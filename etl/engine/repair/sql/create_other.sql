-- The new instance, first without an external id: the next statement notes that it got one, so that an undo takes it.
{% from "taken.jinja" import free_value %}
with made as (
    insert into {{ store_schema | ident }}.{{ golden | ident }} as g
        (_id, _in_id, _created_at, _modified_at, _in_migrated_at, {{ fields | map(attribute="column") | comma_list }})
    select :other, :in_id, :at, :at, :at{% for field in fields %},
        {{ free_value(store_schema, golden, field, unique, "null") }}{% endfor %}

    from jsonb_populate_record(
        cast(null as {{ store_schema | ident }}.{{ golden | ident }}),
        cast(:images as jsonb) || jsonb_build_object('_id', cast(:other as text))
    ) p
    returning g._id
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change)
select :run, :bo, _id, 'created' from made
