-- Instances that differ, and only those. A removed row's other columns are ignored; a row for a removed instance
-- restores it. The journal keeps the replaced values, for `etl undo`; a unique value may have been cleared already, so
-- it is read from the stage. What other sources have changed since the rows were staged is not known here, so an
-- instance that one of them has changed is left out: the count of updated rows is smaller then.
{% from "before.jinja" import before %}
{% from "image_bytes.jinja" import image_bytes %}
{% from "origin.jinja" import row_origin with context %}
{% from "unseen.jinja" import is_as_staged %}
with changed as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set
{% if is_staged %}
        _state = s._state,
{% else %}
        _state = case
            when s._action = 'removed' then 'REMOVED'
            when g._state = 'REMOVED' then 'ACTUAL'
            else g._state
        end,
{% endif %}
        _modified_at = :started_at,
        _in_migrated_at = :started_at{% for field in fields %},
        {{ field.column }} = {{
            "s.%s" | format(field.column) if is_staged
            else "case when s._action = 'removed' then g.%s else s.%s end" | format(field.column, field.column)
        }}{% endfor %}

    from stage s
    join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = s._known
    where g._id = o._id and s._action in ({{ actions }}) and {{ is_as_staged("g", "s._known_version") }}
    returning
        g._id,
{% if is_staged %}
        case
            when g._state = 'REMOVED' and o._state <> 'REMOVED' then 'removed'
            when o._state = 'REMOVED' and g._state <> 'REMOVED' then 'returned'
            else 'changed'
        end as change,
{% else %}
        case
            when s._action = 'removed' then 'removed'
            when o._state = 'REMOVED' then 'returned'
            else 'changed'
        end as change,
{% endif %}
{% if has_large %}
        case
            when {{ image_bytes("o", long) }} > :max_image_bytes then {{ before(unique, unique) }}
            else {{ before(fields, unique) }}
        end as before,
{% else %}
        {{ before(fields, unique) }} as before,
{% endif %}
        {{ row_origin("s") }} as origin
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before, origin)
select :run, :bo, _id, change, before, origin from changed
