-- The instance that stays gets back what it had before, where no later change has touched it.
{% from "before.jinja" import before %}
{% from "taken.jinja" import free_value %}
with restored as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set
        _modified_at = :at{% for field in fields %},
        {{ field.column }} = {{ free_value(store_schema, golden, field, unique, "g." ~ field.column) }}{% endfor %}

    from {{ store_schema | ident }}.{{ golden | ident }} o
    cross join lateral jsonb_populate_record(o, cast(:images as jsonb)) p
    where g._id = :kept and o._id = g._id and to_jsonb(p) <> to_jsonb(o)
    returning g._id, {{ before(fields) }} as before
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before)
select :run, :bo, _id, 'changed', before from restored
