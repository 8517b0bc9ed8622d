-- One err row per fault of a rejected row, and one per skipped value, in the order of the rows; and a message for
-- rows that were merged into an instance, or with another row.
insert into in_tables.err
    (run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity)
select
    :run, :in_table, f.row_id, f.in_id, f.column_name, f.code,
    replace(replace(s.sentence ->> 0, '{column}', coalesce(f.column_name, '')), '{value}',
        case when f.value ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', f.value, '''') else coalesce(f.value, '') end),
    replace(replace(s.sentence ->> 1, '{column}', coalesce(f.column_name, '')), '{value}',
        case when f.value ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', f.value, '''') else coalesce(f.value, '') end),
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
    where _action = 'rejected' and (_fault is not null or (_in_id is null and _out_id is null))
    union all
    select
        _row, _in_id, null, 'ROW_TOO_LONG',
        concat(_row_bytes, ' bytes, and maxRowBytes is ', cast(:max_row_bytes as bigint)), 'error'
    from stage
    where _action = 'rejected' and _row_bytes > :max_row_bytes
    union all
    select s._row, s._in_id, v.field, v.code, v.value, v.severity
    from stage s
    join in_tables.in_Everything i on i.id = s._row
    cross join lateral (values
        (
            s._bad[1], 'f_input_text',
            case when s._bad[1] then case when octet_length(i.f_input_text) > :max_value_bytes then 'VALUE_TOO_LONG' end end,
            case when s._bad[1] then left(cast(i.f_input_text as text), 200) end,
            'error'
        ),
        (
            s._bad[2], 'f_textarea',
            case when s._bad[2] then case when octet_length(i.f_textarea) > :max_value_bytes then 'VALUE_TOO_LONG' end end,
            case when s._bad[2] then left(cast(i.f_textarea as text), 200) end,
            'error'
        ),
        (
            s._bad[3], 'f_input_number',
            case when s._bad[3] then 'NUMBER_NOT_FINITE' end,
            case when s._bad[3] then left(cast(i.f_input_number as text), 200) end,
            'warning'
        ),
        (
            s._bad[4], 'f_period',
            case when s._bad[4] then case when octet_length(i.f_period) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_period is not null then store_demo.period_fault(i.f_period) end end,
            case when s._bad[4] then left(cast(i.f_period as text), 200) end,
            'error'
        ),
        (
            s._bad[5], 'f_period_time',
            case when s._bad[5] then case when octet_length(i.f_period_time) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_period_time is not null then store_demo.period_fault(i.f_period_time) end end,
            case when s._bad[5] then left(cast(i.f_period_time as text), 200) end,
            'error'
        ),
        (
            s._bad[6], 'f_dropdown_single',
            case when s._bad[6] then 'OPTION_UNKNOWN' end,
            case when s._bad[6] then left(cast(i.f_dropdown_single as text), 200) end,
            'error'
        ),
        (
            s._bad[7], 'f_radio_button_group',
            case when s._bad[7] then 'OPTION_UNKNOWN' end,
            case when s._bad[7] then left(cast(i.f_radio_button_group as text), 200) end,
            'error'
        ),
        (
            s._bad[8], 'f_checklist',
            case when s._bad[8] then case when octet_length(i.f_checklist) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_checklist is not null then store_demo.checklist_fault(i.f_checklist) end end,
            case when s._bad[8] then left(cast(i.f_checklist as text), 200) end,
            'error'
        ),
        (
            s._bad[9], 'f_questionnaire',
            case when s._bad[9] then case when octet_length(i.f_questionnaire) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_questionnaire is not null then store_demo.questionnaire_fault(i.f_questionnaire) end end,
            case when s._bad[9] then left(cast(i.f_questionnaire as text), 200) end,
            'error'
        ),
        (
            s._bad[10], 'f_progress_bar',
            case when s._bad[10] then case when octet_length(i.f_progress_bar) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_progress_bar is not null then store_demo.progress_bar_fault(i.f_progress_bar) end end,
            case when s._bad[10] then left(cast(i.f_progress_bar as text), 200) end,
            'error'
        ),
        (
            s._bad[11], 'f_geo_point',
            case when s._bad[11] then case when octet_length(i.f_geo_point) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_geo_point is not null then store_demo.geo_point_fault(i.f_geo_point) end end,
            case when s._bad[11] then left(cast(i.f_geo_point as text), 200) end,
            'error'
        ),
        (
            s._bad[12], 'f_link',
            case when s._bad[12] then case when octet_length(i.f_link) > :max_value_bytes then 'VALUE_TOO_LONG' end end,
            case when s._bad[12] then left(cast(i.f_link as text), 200) end,
            'error'
        ),
        (
            s._bad[13], 'f_input_email',
            case when s._bad[13] then case when octet_length(i.f_input_email) > :max_value_bytes then 'VALUE_TOO_LONG' end end,
            case when s._bad[13] then left(cast(i.f_input_email as text), 200) end,
            'error'
        ),
        (
            s._bad[14], 'f_input_phone',
            case when s._bad[14] then case when octet_length(i.f_input_phone) > :max_value_bytes then 'VALUE_TOO_LONG' end end,
            case when s._bad[14] then left(cast(i.f_input_phone as text), 200) end,
            'error'
        ),
        (
            s._bad[15], 'f_input_text_lang',
            case when s._bad[15] then case when octet_length(i.f_input_text_lang) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_input_text_lang ~ '^\s*[{]' then store_demo.languages_fault(i.f_input_text_lang) end end,
            case when s._bad[15] then left(cast(i.f_input_text_lang as text), 200) end,
            'error'
        ),
        (
            s._bad[16], 'f_textarea_lang',
            case when s._bad[16] then case when octet_length(i.f_textarea_lang) > :max_value_bytes then 'VALUE_TOO_LONG' when i.f_textarea_lang ~ '^\s*[{]' then store_demo.languages_fault(i.f_textarea_lang) end end,
            case when s._bad[16] then left(cast(i.f_textarea_lang as text), 200) end,
            'error'
        )
    ) as v (is_bad, field, code, value, severity)
    where s._bad is not null and not s._removed and v.is_bad
    union all
    select _row, _in_id, null, 'ROW_OVERRULED', _winner, 'info' from stage where _winner is not null
) f
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = f.code
order by f.row_id, f.column_name, f.code