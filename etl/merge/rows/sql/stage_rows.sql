-- A chunk's claimed rows as they stand now, each with its golden instance, its values as read, and what to do with it.
-- Everything that is asked of a row is asked once, here. `exact` knows all ways to an instance; without it only in_id
-- is followed, which is enough for nearly every chunk and costs one join instead of four. A row is weak that no id leads
-- to an instance, but perhaps a unique value: what it wants and whose that is (_holder) the settling of the stage needs, and
-- of its instance, what that had (_old) and whether it gives this up (_gives). Unique fields are numbered. _bad says of
-- each tested field whether its value is bad: one column, for a table cannot have two for each of many fields.
{% from "new_id.jinja" import new_id %}
{% from "chunk.jinja" import claimed %}
{% from "ways.jinja" import gives, known_by, wants, ways %}
{% from "lookups.jinja" import looked_up %}
{% set by_ids = known_by(unique) %}
{% from "long_values.jinja" import may_be_longer %}
{# The bytes of a row's texts; their lengths are known without reading them. Null where no row can be so large. #}
{% macro row_bytes(long) -%}
case when {{ may_be_longer(in_schema, in_table, ":max_row_bytes") }} or {{ may_be_longer(store_schema, golden, ":max_row_bytes") }}
                then cast(0 as bigint){% for column in long %} + coalesce(octet_length({{ column }}), 0){% endfor %} end
{%- endmacro %}
create temporary table stage on commit drop as
with
{{ looked_up(lookups, store_schema) }}
looked as (
    select
        i.id as _row, {{ "i._place, i._version" if is_relayed else "i.ctid as _place, i.xmin as _version" }},
        nullif(i.in_id, '') collate "C" as _in_id, nullif(i.out_id, '') collate "C" as _out_id,
        coalesce(i.removed, false) as _removed,
        g._id as _known, g._state as _known_state,
{% if exact %}
        case
            when nullif(i.out_id, '') is not null and o._id is null then 'OUT_ID_UNKNOWN'
            when o._id <> coalesce(b._id, a.instance) then 'IN_ID_TAKEN'
        end as _fault,
        g._id is not null and nullif(i.in_id, '') is not null and b._id is null and a.instance is null as _aliased,
        {{ by_ids }} is null as _is_weak,
        case when {{ by_ids }} is null then case{% for field in unique if not field.is_key %} when u{{ unique.index(field) }}._id is not null then {{ unique.index(field) }}{% endfor %} when false then -1 end end as _by,
{% else %}
        cast(null as text) as _fault,
        false as _aliased,
{% endif %}
{% if tested %}
        array[{{ tested | map(attribute="fault") | join(", ") }}] as _bad,
{% endif %}
{% if system %}
        {{ system | map(attribute="is_missing") | join(" and ") }} as _lacks_system,
{% endif %}
{% for field in waiting %}
        {{ field.waits }} as _waits_{{ loop.index0 }}, i.{{ field.column }} as _file_{{ loop.index0 }},
{% endfor %}
{% for field in unique %}
        case when u{{ loop.index0 }}._id <> g._id then u{{ loop.index0 }}._id end as _holder_{{ loop.index0 }},
        g.{{ field.column }} as _old_{{ loop.index0 }},
{% endfor %}
{% if exact and folding %}
        array[{{ folding | map(attribute="brings") | join(", ") }}] as _brings,
{% endif %}
{% for field in fields %}
        {{ field.value }} as {{ field.column }},
{% endfor %}
        {% for field in fields %}{{ "(" if loop.first }}g.{{ field.column }} is distinct from {{ field.value }}{{ ")" if loop.last else " or " }}{% else %}false{% endfor %} as _differs
    from {{ in_schema | ident }}.{{ in_table | ident }} i
{% if has_remaining %}
    join remaining r on r.id = i.id
{% endif %}
{% if exact %}
{{ ways(fields, unique, lookups, store_schema, golden) }}
    left join {{ store_schema | ident }}.{{ golden | ident }} g
        on g._id = coalesce({{ by_ids }}{% for field in unique if not field.is_key %}, u{{ unique.index(field) }}._id{% endfor %})
{% else %}
{% for lookup in lookups %}
    left join {{ lookup.alias }} on {{ lookup.alias }}.written = i.{{ lookup.column }}
{% endfor %}
    left join {{ store_schema | ident }}.{{ golden | ident }} g on g._in_id = i.in_id collate "C"
{% endif %}
    where {{ claimed(chunk) }}
    offset 0 -- worked out once per row: a value is judged where it is first named, and large JSON takes its time
),
judged as (
    select
        looked.*,
        case
            when _in_id is null and _out_id is null then 'rejected'
            when _fault is not null then 'rejected'
            when _removed then case when _known is null or _known_state = 'REMOVED' then 'unchanged' else 'removed' end
{% if system %}
            when _lacks_system then 'rejected'
{% endif %}
{% if rejecting | length == tested | length and tested %}
            when true = any(_bad) then 'rejected'
{% elif rejecting %}
            when {% for field in rejecting %}{{ " or " if not loop.first }}_bad[{{ tested.index(field) + 1 }}]{% endfor %} then 'rejected'
{% endif %}
            when _known is not null and _known_state <> 'REMOVED' and not _differs then 'unchanged'
            when {{ row_bytes(long) }} > :max_row_bytes then 'rejected'
            when _known is null then 'created'
            else 'changed'
        end as _action
    from looked
    offset 0 -- worked out once per row, not where it is named
)
select
    _row, _place, _version, _in_id, _out_id, _removed, _known, _fault, _aliased,
{% if tested %}
    case when true = any(_bad) then _bad end as _bad,
{% endif %}
{% if system %}
    _lacks_system,
{% endif %}
{% for field in waiting %}
    _waits_{{ loop.index0 }}, _file_{{ loop.index0 }},
{% endfor %}
{% if exact %}
    _is_weak, _by, false as _loses, cast(null as text) as _winner,
{% if folding %}
    _brings,
{% endif %}
{% for field in unique %}
    case when not _removed then _holder_{{ loop.index0 }} end as _holder_{{ loop.index0 }}, _old_{{ loop.index0 }}, false as _taken_{{ loop.index0 }},
    {{ wants(field, loop.index0, field.column, "_removed", "_known_state") }} as _wants_{{ loop.index0 }},
    {{ gives(field, loop.index0, field.column, "_removed", "_known_state") }} as _gives_{{ loop.index0 }},
{% endfor %}
{% endif %}
    -- What nobody will write need not be carried.
{% for field in fields %}
    {{ "case when _action in ('created', 'changed') then %s end as %s" | format(field.column, field.column) if not field.is_unique else field.column }},
{% endfor %}
    case when _action = 'rejected' and not _removed and _fault is null then {{ row_bytes(long) }} end as _row_bytes,
    _action,
    case when _action = 'created' then {{ new_id("case when _action = 'created' then _in_id end") }} when _action <> 'rejected' then _known end as _instance,
    {% for field in skipping %}{{ "(" if loop.first }}_bad[{{ tested.index(field) + 1 }}]{{ ") and not _removed and _action <> 'rejected'" if loop.last else " or " }}{% else %}false{% endfor %} as _skips
from judged
