-- One err row per fault of a rejected row, and one per skipped value, in the order of the rows; and what became of rows
-- that were merged into an instance, or with another row.
{% from "said.jinja" import said %}
insert into {{ in_schema | ident }}.err
    (run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity)
select
    :run, :in_table, f.row_id, f.in_id, f.column_name, f.code,
    replace(replace(s.sentence ->> 0, '{column}', coalesce(f.column_name, '')), '{value}', {{ said("f.value") }}),
    replace(replace(s.sentence ->> 1, '{column}', coalesce(f.column_name, '')), '{value}', {{ said("f.value") }}),
    f.value, f.severity
from (
    select
        _row as row_id, _in_id as in_id, cast(null as text) as column_name, coalesce(_fault, 'NO_ID') as code,
        case when _fault in ('OUT_ID_UNKNOWN', 'OUT_ID_TWICE') then _out_id when _fault = 'IN_ID_TAKEN' then _in_id end as value,
        'error' as severity
    from stage
    where _action = 'rejected' and (_fault is not null or (_in_id is null and _out_id is null))
{% if system %}
    union all
    select _row, _in_id, null, 'SYSTEM_FIELD_MISSING', :system_fields, 'error'
    from stage
    where _lacks_system and not _removed and _action = 'rejected'
{% endif %}
{% for field in tested %}
    union all
    select
        s._row, s._in_id, '{{ field.field }}', {{ field.code }}, left({{ field.raw }}, 200),
        '{{ "warning" if field.skips else "error" }}'
    from stage s
    join {{ in_schema | ident }}.{{ in_table | ident }} i on i.id = s._row
    where s._bad_{{ loop.index0 }} and not s._removed
{% endfor %}
{% for field in unique %}
    union all
    select _row, _in_id, '{{ field.field }}', 'UNIQUE_TAKEN', left(cast({{ field.column }} as text), 200), 'error'
    from stage
    where _taken_{{ loop.index0 }} and _action = 'rejected'
{% endfor %}
{% for field in unique if not field.is_key %}
    union all
    select _row, _in_id, '{{ field.field }}', 'MERGED_BY_VALUE', left(cast({{ field.column }} as text), 200), 'info'
    from stage
    where _by = {{ unique.index(field) }} and _action <> 'rejected'
{% endfor %}
{% if exact %}
    union all
    select _row, _in_id, null, 'ROW_OVERRULED', _winner, 'info' from stage where _winner is not null
{% endif %}
) f
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = f.code
order by f.row_id, f.column_name, f.code
