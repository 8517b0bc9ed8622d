-- One err row per fault of a rejected row, and one per skipped value, in the order of the rows; and a message for
-- rows that were merged into an instance, or with another row.
insert into pg_temp.err
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
    where _action = 'rejected' and _fault <> 'SYSTEM_FIELD_MISSING'
    union all
    select _row, _in_id, null, 'SYSTEM_FIELD_MISSING', :system_fields, 'error'
    from stage
    where _lacks_system and not _removed and _action = 'rejected' and (_known is not null or _fault = 'SYSTEM_FIELD_MISSING')
    union all
    select
        _row, _in_id, null, 'ROW_TOO_LONG',
        concat(_row_bytes, ' bytes, and maxRowBytes is ', cast(:max_row_bytes as bigint)), 'error'
    from stage
    where _action = 'rejected' and _row_bytes > :max_row_bytes
    union all
    select s._row, s._in_id, v.field, v.code, v.value, v.severity
    from stage s
    join pg_temp.in_Person i on i.id = s._row
    cross join lateral (values
        (
            s._bad[1], 'email',
            case when s._bad[1] then case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end end,
            case when s._bad[1] then left(cast(i.email as text), 200) end,
            'error'
        ),
        (
            s._bad[2], 'Passport',
            case when s._bad[2] then case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end end,
            case when s._bad[2] then left(cast(i.Passport as text), 200) end,
            'error'
        ),
        (
            s._bad[3], 'Born',
            case when s._bad[3] then 'SOURCE_TIME_AHEAD' end,
            case when s._bad[3] then left(cast(i.Born as text), 200) end,
            'error'
        )
    ) as v (is_bad, field, code, value, severity)
    where s._bad is not null and (not s._removed or v.field = 'Born') and v.is_bad
    union all
    select s._row, s._in_id, v.field, 'VALUE_OUTRANKED', v.value, 'info'
    from stage s
    join pg_temp.in_Person i on i.id = s._row
    cross join lateral (values
        (s._outranked[1], 'email', left(cast(i.email as text), 200)),
        (s._outranked[2], 'Passport', left(cast(i.Passport as text), 200)),
        (s._outranked[3], 'Born', left(cast(i.Born as text), 200))
    ) as v (is_lost, field, value)
    where s._outranked is not null and s._action <> 'rejected' and v.is_lost and not s._stale
    union all
    select s._row, s._in_id, v.field, 'VALUE_OUTDATED', v.value, 'info'
    from stage s
    join pg_temp.in_Person i on i.id = s._row
    cross join lateral (values
        (s._late[1], 'email', left(cast(i.email as text), 200)),
        (s._late[2], 'Passport', left(cast(i.Passport as text), 200)),
        (s._late[3], 'Born', left(cast(i.Born as text), 200))
    ) as v (is_late, field, value)
    where s._late is not null and s._action <> 'rejected' and v.is_late and not s._stale
    union all
    select
        s._row, s._in_id, 'state', 'VALUE_OUTDATED',
        case when s._removed then 'REMOVED' else coalesce(i._state, '') end, 'info'
    from stage s
    join pg_temp.in_Person i on i.id = s._row
    where (s._stale and s._winner is null or s._late_state)
      and s._action <> 'rejected'
    union all
    select s._row, s._in_id, v.field, v.code, v.value, v.severity
    from stage s
    cross join lateral (values
        (
            s._taken_email and s._action = 'rejected', 'email',
            'UNIQUE_TAKEN', left(cast(s.email as text), 200), 'error'
        ),
        (
            s._taken_passport and s._action = 'rejected', 'Passport',
            'UNIQUE_TAKEN', left(cast(s.Passport as text), 200), 'error'
        ),
        (
            s._taken_number and s._action = 'rejected', 'Number',
            'UNIQUE_TAKEN', left(cast(s.Number as text), 200), 'error'
        ),
        (
            s._by = 'email' and s._action <> 'rejected', 'email',
            'MERGED_BY_VALUE', left(cast(s.email as text), 200), 'info'
        ),
        (
            s._by = 'passport' and s._action <> 'rejected', 'Passport',
            'MERGED_BY_VALUE', left(cast(s.Passport as text), 200), 'info'
        )
    ) as v (holds, field, code, value, severity)
    where v.holds
    union all
    select _row, _in_id, null, 'ROW_OVERRULED', _winner, 'info' from stage where _winner is not null
) f
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = f.code
order by f.row_id, f.column_name, f.code