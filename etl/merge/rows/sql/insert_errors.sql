-- One err row per fault of a rejected row, and one per skipped value, in the order of the rows; and a message for
-- rows that were merged into an instance, or with another row.
{% from "shown_value.jinja" import shown_value %}
insert into {{ in_schema | ident }}.err
    (run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity)
select
    :run, :in_table, f.row_id, f.in_id, f.column_name, f.code,
    replace(replace(s.sentence ->> 0, '{column}', coalesce(f.column_name, '')), '{value}',
        {{ shown_value("f.value") }}),
    replace(replace(s.sentence ->> 1, '{column}', coalesce(f.column_name, '')), '{value}',
        {{ shown_value("f.value") }}),
    f.value, f.severity
from (
    select
        _row as row_id, _in_id as in_id, cast(null as text) as column_name, coalesce(_fault, 'NO_ID') as code,
        case
            when _fault in ('OUT_ID_UNKNOWN', 'OUT_ID_TWICE') then _out_id
            when _fault = 'IN_ID_TAKEN' then _in_id
        end as value,
        'error' as severity
    from stage
    where _action = 'rejected' and {{
        "_fault <> 'SYSTEM_FIELD_MISSING'" if is_staged
        else "(_fault is not null or (_in_id is null and _out_id is null))"
    }}
{% if system %}
    union all
    select _row, _in_id, null, 'SYSTEM_FIELD_MISSING', :system_fields, 'error'
    from stage
    where _lacks_system and not _removed and _action = 'rejected'
      {{- " and (_known is not null or _fault = 'SYSTEM_FIELD_MISSING')" if is_staged }}
{% endif %}
    union all
    select
        _row, _in_id, null, 'ROW_TOO_LONG',
        concat(_row_bytes, ' bytes, and maxRowBytes is ', cast(:max_row_bytes as bigint)), 'error'
    from stage
    where _action = 'rejected' and _row_bytes > :max_row_bytes
{% if tested %}
    union all
    select s._row, s._in_id, v.field, v.code, v.value, v.severity
    from stage s
    join {{ in_schema | ident }}.{{ in_table | ident }} i on i.id = s._row
    cross join lateral (values
{% for field in tested %}
        (
            s._bad[{{ loop.index }}], '{{ field.field }}',
            case when s._bad[{{ loop.index }}] then {{ field.code_sql }} end,
            case when s._bad[{{ loop.index }}] then left({{ field.raw_sql }}, 200) end,
            '{{ "warning" if field.skips_bad_value else "error" }}'
        ){{ "," if not loop.last }}
{% endfor %}
    ) as v (is_bad, field, code, value, severity)
    where s._bad is not null and {{
        "(not s._removed or v.field = '%s')" | format(time_code) if time else "not s._removed"
    }} and v.is_bad
{% endif %}
{% if held %}
    union all
    select s._row, s._in_id, v.field, 'VALUE_PINNED', v.value, 'info'
    from stage s
    join {{ in_schema | ident }}.{{ in_table | ident }} i on i.id = s._row
    cross join lateral (values
{% for field in held %}
        (s._lost[{{ loop.index }}], '{{ field.field }}', left(cast(i.{{ field.column }} as text), 200))
            {{- "," if not loop.last }}
{% endfor %}
    ) as v (is_lost, field, value)
    where s._lost is not null and s._action <> 'rejected' and v.is_lost{{ " and not s._stale" if time }}
{% endif %}
{% if owned %}
    union all
    select s._row, s._in_id, v.field, 'VALUE_OUTRANKED', v.value, 'info'
    from stage s
    join {{ in_schema | ident }}.{{ in_table | ident }} i on i.id = s._row
    cross join lateral (values
{% for field in owned %}
        (s._outranked[{{ loop.index }}], '{{ field.field }}', left(cast(i.{{ field.column }} as text), 200))
            {{- "," if not loop.last }}
{% endfor %}
    ) as v (is_lost, field, value)
    where s._outranked is not null and s._action <> 'rejected' and v.is_lost{{ " and not s._stale" if time }}
{% endif %}
{% if time %}
    union all
    select s._row, s._in_id, v.field, 'VALUE_OUTDATED', v.value, 'info'
    from stage s
    join {{ in_schema | ident }}.{{ in_table | ident }} i on i.id = s._row
    cross join lateral (values
{% for field in owned %}
        (s._late[{{ loop.index }}], '{{ field.field }}', left(cast(i.{{ field.column }} as text), 200))
            {{- "," if not loop.last }}
{% endfor %}
    ) as v (is_late, field, value)
    where s._late is not null and s._action <> 'rejected' and v.is_late and not s._stale
    union all
    select
        s._row, s._in_id, '{{ "state" if is_staged else "removed" }}', 'VALUE_OUTDATED',
        {{
            "case when s._removed then 'REMOVED' else coalesce(i._state, '') end" if is_staged
            else "cast(s._removed as text)"
        }}, 'info'
    from stage s
{% if is_staged %}
    join {{ in_schema | ident }}.{{ in_table | ident }} i on i.id = s._row
{% endif %}
    where (s._stale{{ " and s._winner is null" if exact }}{{ " or s._late_state" if is_staged }})
      and s._action <> 'rejected'
{% endif %}
{% if unique %}
    union all
    select s._row, s._in_id, v.field, v.code, v.value, v.severity
    from stage s
    cross join lateral (values
{% for field in unique %}
        (
            s._taken_{{ field.short }} and s._action = 'rejected', '{{ field.field }}',
            'UNIQUE_TAKEN', left(cast(s.{{ field.column }} as text), 200), 'error'
        ){{ "," if not loop.last or unique | rejectattr("is_key") | list }}
{% endfor %}
{% for field in unique if not field.is_key %}
        (
            s._by = '{{ field.short }}' and s._action <> 'rejected', '{{ field.field }}',
            'MERGED_BY_VALUE', left(cast(s.{{ field.column }} as text), 200), 'info'
        ){{ "," if not loop.last }}
{% endfor %}
    ) as v (holds, field, code, value, severity)
    where v.holds
{% endif %}
{% if exact %}
    union all
    select _row, _in_id, null, 'ROW_OVERRULED', _winner, 'info' from stage where _winner is not null
{% endif %}
) f
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = f.code
order by f.row_id, f.column_name, f.code
