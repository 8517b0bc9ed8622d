-- Links that name instances of several members, or one that can never exist.
insert into pg_temp.err (run, in_table, row_id, in_id, column_name, code, message, message_rus, value, severity)
select :run, :in_table, h.id, h.in_id, h.fault_column, s.code,
    replace(replace(s.sentence ->> 0, '{column}', h.fault_column), '{value}', case when h.shown ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', h.shown, '''') else coalesce(h.shown, '') end),
    replace(replace(s.sentence ->> 1, '{column}', h.fault_column), '{value}', case when h.shown ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', h.shown, '''') else coalesce(h.shown, '') end),
    h.shown, 'error'
from hit h
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = h.fault