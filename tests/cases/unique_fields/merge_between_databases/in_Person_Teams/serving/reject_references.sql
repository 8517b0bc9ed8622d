-- References with an empty end, from versions that accepted such rows: rejected without waiting for their expiry.
with rejected as (
    delete from store_demo.boi_reference r
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo and (r.owner_in_id = '' and r.owner = '' or r.target_value = '')
    returning
        r.owner_in_id, r.owner, r.target_field, r.target_value, r.linked_at, r.run, r.waiting_since, r.origin,
        case
            when r.owner_in_id = '' and r.owner = '' then cast(:owner_column as text)
            else cast(:target_column as text)
        end as empty_column
),
noted as (
    insert into store_demo.ended_reference
        (bo, field, target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since,
        origin, ended_by)
    select
        :bo, :field, :target_bo, owner_in_id, owner, target_field, target_value, linked_at, run, waiting_since,
        origin, :run
    from rejected
    where run <> :run
),
marked as (
insert into pg_temp.ended (owner_in_id, target_in_id, in_status)
select owner_in_id, target_value, 'ERROR' from rejected where owner = '' and target_field = ''

)
insert into pg_temp.err (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select :run, :in_table, r.owner_in_id, r.empty_column, s.code,
    replace(s.sentence ->> 0, '{column}', r.empty_column), replace(s.sentence ->> 1, '{column}', r.empty_column),
    r.target_value, 'error'
from rejected r
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'LINK_END_EMPTY'