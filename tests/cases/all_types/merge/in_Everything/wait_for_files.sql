-- Fields whose file is missing wait for it; fields that named another file, or none, wait no longer.
with waiting as (
    
    select
        'f_file_upload' as field, _instance as instance, _file_f_file_upload as file_id,
        _waits_f_file_upload as is_waiting
    from stage
    where _action <> 'rejected'
      and not _removed
),
settled as (
    delete from store_demo.file_reference r
    using waiting w
    where not w.is_waiting and r.bo = :bo and r.field = w.field and r.instance = w.instance
    returning r.field, r.instance, r.file_id, r.run, r.waiting_since
),
noted as (
    insert into store_demo.ended_file_reference (bo, field, instance, file_id, run, waiting_since, ended_by)
    select :bo, field, instance, file_id, run, waiting_since, :run
    from settled
    where run <> :run
),
replaced as (
    select r.field, r.instance, r.file_id, r.run, r.waiting_since
    from waiting w
    join store_demo.file_reference r
        on r.bo = :bo and r.field = w.field and r.instance = w.instance and r.file_id <> w.file_id
    where w.is_waiting
),
noted_too as (
    insert into store_demo.ended_file_reference (bo, field, instance, file_id, run, waiting_since, ended_by)
    select :bo, field, instance, file_id, run, waiting_since, :run
    from replaced
    where run <> :run
)
insert into store_demo.file_reference as r (bo, field, instance, file_id, run)
select :bo, w.field, w.instance, w.file_id, :run
from waiting w
where w.is_waiting
on conflict (bo, field, instance) do update
set file_id = excluded.file_id, run = excluded.run, waiting_since = excluded.waiting_since
where r.file_id <> excluded.file_id