-- The replaced values of an instance with more text than one row of the journal holds (jsonb ends at 256 MB): field by
-- field, before the update. Unique values, which are short, are in the update's own row.
{% from "image_bytes.jinja" import image_bytes %}
{% from "origin.jinja" import row_origin with context %}
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before, origin)
select :run, :bo, o._id, 'changed', v.before, {{ row_origin("s") }}
from stage s
join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = s._known
cross join lateral (values
{% for field in fields if not field.is_unique %}
    (
        case
            when o.{{ field.column }} is distinct from s.{{ field.column }}
            then jsonb_build_object('{{ field.name }}', o.{{ field.column }})
        end
    ){{ "," if not loop.last }}
{% endfor %}
) as v (before)
where s._action = 'changed' and {{ image_bytes("o", long) }} > :max_image_bytes and v.before is not null
