-- Rows with an end that can never arrive; the value is that of the target, as in all errors of links.
with rejected as (
    delete from stage where fault_column is not null
    returning
        _source_row, in_id, fault, shown as value,
        fault_column
)
insert into pg_temp.err
    (run, in_table, in_id, column_name, code, message, message_rus, value, severity, row_id)
select :run, :in_table, r.in_id, r.fault_column, s.code,
    replace(replace(s.sentence ->> 0, '{column}', r.fault_column), '{value}', case when r.value ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', r.value, '''') else coalesce(r.value, '') end),
    replace(replace(s.sentence ->> 1, '{column}', r.fault_column), '{value}', case when r.value ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', r.value, '''') else coalesce(r.value, '') end),
    r.value, 'error', r._source_row
from rejected r
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence)
    on s.code = r.fault