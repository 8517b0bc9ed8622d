-- A reference that waited too long becomes an error row, and so does the partner's row. One that
-- waits since a time in the future was written while the clock was wrong: its time counts from now.
with dated as (
    update store_demo.boi_reference
    set waiting_since = statement_timestamp()
    where bo = :bo and field = :field and target_bo = :target_bo and waiting_since > statement_timestamp() + interval '1 minute'
),
expired as (
    delete from store_demo.boi_reference
    where bo = :bo and field = :field and target_bo = :target_bo
      and waiting_since < statement_timestamp() - make_interval(mins => :expiry_minutes)
    returning owner_in_id, target_in_id, linked_at, run, waiting_since
),
noted as (
    insert into store_demo.ended_reference
        (bo, field, target_bo, owner_in_id, target_in_id, linked_at, run, waiting_since, ended_by)
    select :bo, :field, :target_bo, owner_in_id, target_in_id, linked_at, run, waiting_since, :run
    from expired
    where run <> :run
),
marked as (
insert into pg_temp.ended (owner_in_id, target_in_id, in_status)
select owner_in_id, target_in_id, 'ERROR' from expired

)
insert into pg_temp.err (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select :run, :in_table, owner_in_id, :target_column, s.code,
    replace(s.sentence ->> 0, '{value}', case when target_in_id ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$' then concat('''', target_in_id, '''') else coalesce(target_in_id, '') end), replace(s.sentence ->> 1, '{value}', case when target_in_id ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$' then concat('''', target_in_id, '''') else coalesce(target_in_id, '') end),
    target_in_id, 'error'
from expired
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'REFERENCE_EXPIRED'