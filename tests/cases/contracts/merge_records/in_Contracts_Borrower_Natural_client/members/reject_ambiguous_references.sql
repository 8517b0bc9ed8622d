-- A link that waits for any member, and now instances of several have what it names.
with gone as (
    delete from store_demo.boi_reference r
    using hit h
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo
      and r.owner_in_id = h.owner_in_id and r.owner = h.owner
      and r.target_field = h.target_field and r.target_value = h.target_value and cardinality(h.targets) > 1
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
    from gone
    where run <> :run
)
insert into pg_temp.err
    (run, in_table, in_id, column_name, code, message, message_rus, value, severity, origin)
select :run, :in_table, coalesce(nullif(e.owner_in_id, ''), o._in_id), :target_column, s.code,
    replace(replace(s.sentence ->> 0, '{column}', :target_column), '{value}', case when e.target ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', e.target, '''') else coalesce(e.target, '') end),
    replace(replace(s.sentence ->> 1, '{column}', :target_column), '{value}', case when e.target ~ E'^[\\s\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e0fff]*$'
        then concat('''', e.target, '''') else coalesce(e.target, '') end),
    e.target, 'error', e.origin
from (select x.owner_in_id, x.owner, case
    when x.target_field = '' then x.target_value
    else concat_ws(' ', x.target_field, x.target_value)
end as target, x.origin from gone x) e
left join store_demo.bo_Contracts o on o._id = e.owner
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'AMBIGUOUS'