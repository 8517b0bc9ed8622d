-- A chunk's claimed rows as they stand now, each with its golden instance, its values as read, and what to do with it.
-- Everything that is asked of a row is asked once, here. `exact` knows all ways to an instance; without it only in_id
-- is followed, which is enough for nearly every chunk and costs one join instead of four.
{% from "new_id.jinja" import new_id %}
{% from "chunk.jinja" import claimed %}
create temporary table stage on commit drop as
with
{% for lookup in lookups %}
{{ lookup.alias }} as materialized (
{% if lookup.options %}
    select pair ->> 0 as written, pair ->> 1 as stored
    from jsonb_array_elements(cast(:options_{{ lookup.alias }} as jsonb)) as pair
{% elif lookup.dictionary %}
    -- A row's code goes before an equal id of another row; a code too long for the column is kept as its id.
    select distinct on (written) written, stored
    from (
        select code as written, code as stored, 1 as rank
        from {{ store_schema | ident }}.{{ lookup.dictionary | ident }}
        where _state <> 'REMOVED' and char_length(code) <= 32
        union all
        select _id collate "default", case when char_length(code) <= 32 then code else _id collate "default" end, 2
        from {{ store_schema | ident }}.{{ lookup.dictionary | ident }}
        where _state <> 'REMOVED'
    ) known
    order by written, rank
{% else %}
    select file_id collate "default" as written, file collate "default" as stored
    from {{ store_schema | ident }}.file_alias
{% endif %}
),
{% endfor %}
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
{% else %}
        cast(null as text) as _fault,
        false as _aliased,
{% endif %}
{% for field in tested %}
        {{ field.fault }} as _bad_{{ loop.index0 }},
{% endfor %}
{% if system %}
        {{ system | map(attribute="is_missing") | join(" and ") }} as _lacks_system,
{% endif %}
{% for field in waiting %}
        {{ field.waits }} as _waits_{{ loop.index0 }}, i.{{ field.column }} as _file_{{ loop.index0 }},
{% endfor %}
{% for field in unique %}
        {{ "case when u%d._id <> g._id then u%d._id end" | format(loop.index0, loop.index0) if exact else "cast(null as text)" }} as _holder_{{ loop.index0 }},
{% endfor %}
{% for field in fields %}
        {{ field.value }} as {{ field.column }},
{% endfor %}
        {% for field in fields %}{{ "(" if loop.first }}g.{{ field.column }} is distinct from {{ field.value }}{{ ")" if loop.last else " or " }}{% else %}false{% endfor %} as _differs
    from {{ in_schema | ident }}.{{ in_table | ident }} i
{% if has_remaining %}
    join remaining r on r.id = i.id
{% endif %}
{% if exact %}
    left join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = nullif(i.out_id, '') collate "C"
    left join {{ store_schema | ident }}.{{ golden | ident }} b on b._in_id = i.in_id collate "C"
    left join {{ store_schema | ident }}.alias a on a.bo = :bo and a.in_id = i.in_id collate "C" and b._id is null
{% endif %}
{% for lookup in lookups %}
    left join {{ lookup.alias }} on {{ lookup.alias }}.written = i.{{ lookup.column }}
{% endfor %}
{% if exact %}
{% for field in unique %}
    left join {{ store_schema | ident }}.{{ golden | ident }} u{{ loop.index0 }}
        on u{{ loop.index0 }}.{{ field.column }} = {{ field.own }}{{ " and not coalesce(i.removed, false)" if not field.is_key }}
{% endfor %}
    left join {{ store_schema | ident }}.{{ golden | ident }} g
        on g._id = coalesce(o._id, b._id, a.instance{% for field in unique %}, u{{ loop.index0 }}._id{% endfor %})
{% else %}
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
{% for field in rejecting %}
            when _bad_{{ tested.index(field) }} then 'rejected'
{% endfor %}
{% for field in unique %}
            when _holder_{{ loop.index0 }} is not null then 'rejected'
{% endfor %}
            when _known is null then 'created'
            when _known_state = 'REMOVED' or _differs then 'changed'
            else 'unchanged'
        end as _action
    from looked
    offset 0 -- worked out once per row, not where it is named
)
select
    _row, _place, _version, _in_id, _out_id, _removed, _known, _fault, _aliased,
{% for field in tested %}
    _bad_{{ loop.index0 }},
{% endfor %}
{% if system %}
    _lacks_system,
{% endif %}
{% for field in waiting %}
    _waits_{{ loop.index0 }}, _file_{{ loop.index0 }},
{% endfor %}
{% for field in unique %}
    _holder_{{ loop.index0 }},
{% endfor %}
    -- What nobody will write need not be carried; rows may meet in a unique value whatever is done with them.
{% for field in fields %}
    {{ field.column if field.is_unique else "case when _action in ('created', 'changed') then %s end as %s" | format(field.column, field.column) }},
{% endfor %}
    _action,
    case when _action = 'created' then {{ new_id("case when _action = 'created' then _in_id end") }} when _action <> 'rejected' then _known end as _instance,
    {% for field in skipping %}{{ "(" if loop.first }}_bad_{{ tested.index(field) }}{{ ") and not _removed and _action <> 'rejected'" if loop.last else " or " }}{% else %}false{% endfor %} as _skips
from judged
