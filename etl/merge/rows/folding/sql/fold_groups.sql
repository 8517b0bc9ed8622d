-- Folds the accepted rows of each instance: per field the last row that gives it counts, and the last state. The result
-- is in the stage's last row of the instance, the others change nothing by themselves. A row that removes what is not
-- there yet takes no part.
{% from "group_order.jinja" import sets_value, latest_first, ranks %}
{% from "timed_groups.jinja" import judged_by_time, of_time %}
{% from "ways.jinja" import gives, wants %}
{% set order = latest_first(is_ordered) %}
with
accepted as (
    select d.*
    from (
        select
            d.*,
            d._known is not null or bool_or(not d._removed) over (
                partition by d._group order by {{ "d._row" if is_ordered else "d._removed" }}
            ) as _is_there
            {{- of_time() if time }}
        from duplicate d
        join stage s on s._row = d._row and s._action <> 'rejected'
    ) d
    where d._is_there
),
{% if time %}
{{ judged_by_time() }}
{% endif %}
latest as (
    select
{% for field in fields %}
        bool_or({{ sets_value(field) }}) as _has_{{ field.short }},
{% set its = ranks(field, owned) ~ order %}
        (array_agg({{ field.column }} order by {{ its }}) filter (where {{ sets_value(field) }}))[1]
            as {{ field.column }},
{% endfor %}
{% for field in unique %}
{% set its = ranks(field, owned) ~ order %}
        case when bool_or({{ sets_value(field) }})
            then (array_agg(_holder_{{ field.short }} order by {{ its }}) filter (where {{ sets_value(field) }}))[1]
            else max(_holder_{{ field.short }})
        end as _holder_{{ field.short }},
{% endfor %}
{% for field in waiting %}
        bool_or(_says_{{ field.short }}) as _says_{{ field.short }},
        (array_agg(_waits_{{ field.short }} order by {{ order }}) filter (where _says_{{ field.short }}))[1]
            as _waits_{{ field.short }},
        (array_agg(_file_{{ field.short }} order by {{ order }}) filter (where _says_{{ field.short }}))[1]
            as _file_{{ field.short }},
{% endfor %}
        coalesce(
            (array_agg(case when _removed then 'REMOVED' else _given_state end order by {{
                "_at desc nulls last, " if time }}{{ order }})
                {{- " filter (where _removed or _given_state is not null)" if is_ordered }})[1],
            min(_known_state),
            'ACTUAL'
        ) as _state,
{% if time %}
        bool_or(_says_state) as _says_state, max(_at) filter (where _says_state) as _at,
{% endif %}
        _group, min(_known) as _known, min(_known_state) as _known_state, min(_new_instance) as _new_instance,
        (array_agg(_row order by {{ order }}))[1] as _row
    from {{ "judged where not _is_late" if time else "accepted" }}
    group by _group
),
folded as (
    select
        l._group, l._known, l._known_state, l._state, l._new_instance, l._row,{{ " l._says_state, l._at," if time }}
{% for field in waiting %}
        l._says_{{ field.short }}, l._waits_{{ field.short }}, l._file_{{ field.short }},
{% endfor %}
{% for field in unique %}
        l._holder_{{ field.short }},
{% endfor %}
{% for field in fields %}
        case when l._has_{{ field.short }} then l.{{ field.column }} else g.{{ field.column }} end
            as {{ field.column }},
{% endfor %}
        {{ fields | each("(l._has_{0.short} and l.{0.column} is distinct from g.{0.column})") | any_of }} as _differs
    from latest l
    left join {{ store_schema | ident }}.{{ golden | ident }} g on g._id = l._known
),
others as (
    update stage s
    set
        _loses = true, _action = 'unchanged',
{% if time %}
        _stale = coalesce(a._is_late, false), _says_state = d._says_state, _state_time = d._state_time,
{% endif %}
{% for field in unique %}
        _holder_{{ field.short }} = null, _wants_{{ field.short }} = null, _gives_{{ field.short }} = false,
{% endfor %}
        _instance = case when a._row is not null then coalesce(f._known, f._new_instance) end
    from duplicate d
    left join folded f on f._group = d._group
    left join {{ "judged" if time else "accepted" }} a on a._row = d._row
    where s._row = d._row and s._action <> 'rejected' and d._row is distinct from f._row
)
update stage s
set
    _loses = false,
{% if time %}
    _stale = false, _says_state = f._says_state, _state_time = f._at,
{% endif %}
{% for field in fields %}
    {{ field.column }} = f.{{ field.column }},
{% endfor %}
{% for field in unique %}
    _holder_{{ field.short }} = f._holder_{{ field.short }},
    _wants_{{ field.short }} = {{ wants(field, "f." ~ field.column, "(f._state = 'REMOVED')", "f._known_state") }},
    _gives_{{ field.short }} = {{ gives(field, "f." ~ field.column, "(f._state = 'REMOVED')", "f._known_state") }},
{% endfor %}
{% for field in waiting %}
    _says_{{ field.short }} = f._says_{{ field.short }},
    _waits_{{ field.short }} = f._waits_{{ field.short }},
    _file_{{ field.short }} = f._file_{{ field.short }},
{% endfor %}
    _state = f._state,
    _action = case
        when f._known is null then 'created'
        when f._state = 'REMOVED' and f._known_state <> 'REMOVED' then 'removed'
        when f._state <> f._known_state or f._differs then 'changed'
        else 'unchanged'
    end,
    _instance = coalesce(f._known, f._new_instance)
from folded f
where s._row = f._row
