-- Removed instances of another installation: a merge makes none, and what their values are matters to no reader. They
-- keep their ids, so that the partner's next row returns them.
with created as (
    insert into {{ store_schema | ident }}.{{ golden | ident }}
        (_id, _in_id, _state, _created_at, _modified_at, _in_migrated_at
        {%- for field in fields %}, {{ field.code | ident }}{% endfor %})
    select
        r.system_id, r.in_id, 'REMOVED', :started_at, :started_at, :started_at
        {%- for field in fields %},
        {% if field.is_file %}n_{{ field.number }}.file{% else %}r.{{ field.code | ident }}{% endif %}
        {%- endfor %}

    from pg_temp.{{ table | ident }} r
{% for field in fields if field.is_file %}
    left join {{ store_schema | ident }}.file_alias n_{{ field.number }}
        on n_{{ field.number }}.file_id = r.{{ field.code | ident }} collate "C"
{% endfor %}
    where r.system_state = 'REMOVED'
    returning _id
)
insert into {{ store_schema | ident }}.journal (run, bo, instance, change, origin)
select :run, :bo, c._id, 'created', :origin || r._line
from created c
join pg_temp.{{ table | ident }} r on r.system_id = c._id collate "default"
