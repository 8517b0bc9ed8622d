-- A reference that waited too long becomes an error row, and so does the partner's row. Records and rows have limits of
-- their own: a reference that the other ones gave is left to these. One that waits since a time in the future was
-- written while the clock was wrong: its time counts from now.
with dated as (
    update store_demo.boi_reference r
    set waiting_since = statement_timestamp()
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.waiting_since > statement_timestamp() + interval '1 minute'
),
expired as (
    delete from store_demo.boi_reference r
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.waiting_since < statement_timestamp() - make_interval(mins => :expiry_minutes)
      and not exists (
          select from store_demo.unit u
          where u.number = r.run and u.kind = 'batch'
      )
    returning
        r.owner_in_id, r.owner, r.target_field, r.target_value, r.linked_at, r.run, r.waiting_since,
        r.origin
),
noted as (
    insert into store_demo.ended_reference
        (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since,
        origin, ended_by)
    select
        :bo, :field, :target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since,
        origin, :run
    from expired
    where run <> :run
),
marked as (
update in_tables.in_NaturalClaim_Natural l
set in_status = 'ERROR'
from expired
where l.NaturalClaim_id = expired.owner_in_id collate "default"
  and l.Natural_id = expired.target_value collate "default" and expired.target_field = ''
  and l.in_status = 'WAITING'

)
insert into in_tables.err
    (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select :run, :in_table, coalesce(nullif(e.owner_in_id, ''), o._in_id), :target_column, s.code,
    replace(s.sentence ->> 0, '{value}', case when e.target ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', e.target, '''') else coalesce(e.target, '') end),
    replace(s.sentence ->> 1, '{value}', case when e.target ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', e.target, '''') else coalesce(e.target, '') end),
    e.target, 'error'
from (select x.owner_in_id, x.owner, case
    when x.target_field = '' then x.target_value
    else concat_ws(' ', x.target_field, x.target_value)
end as target, x.origin from expired x) e
left join store_demo.bo_NaturalClaim o on o._id = e.owner
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'REFERENCE_EXPIRED'