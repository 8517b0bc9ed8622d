-- A file that did not come in time becomes an error row, unless it is here now. For times in the future see
-- expire_references.
with dated as (
    update store_demo.file_reference
    set waiting_since = statement_timestamp()
    where bo = :bo and field = :field and waiting_since > statement_timestamp() + interval '1 minute'
),
expired as (
    delete from store_demo.file_reference r
    where r.bo = :bo and r.field = :field
      and r.waiting_since < statement_timestamp() - make_interval(mins => :expiry_minutes)
      and not exists (select 1 from store_demo.file_alias a where a.file_id = r.file_id)
    returning r.field, r.instance, r.file_id, r.run, r.waiting_since
),
noted as (
    insert into store_demo.ended_file_reference (bo, field, instance, file_id, run, waiting_since, ended_by)
    select :bo, field, instance, file_id, run, waiting_since, :run
    from expired
    where run <> :run
)
insert into in_tables.err (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select
    :run, :in_table, g._in_id, :field, s.code,
    replace(replace(s.sentence ->> 0, '{column}', :field), '{value}', case when e.file_id ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', e.file_id, '''') else coalesce(e.file_id, '') end),
    replace(replace(s.sentence ->> 1, '{column}', :field), '{value}', case when e.file_id ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', e.file_id, '''') else coalesce(e.file_id, '') end),
    e.file_id, 'error'
from expired e
join store_demo.bo_Everything g on g._id = e.instance
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'FILE_UNKNOWN'