-- Files that arrived go into the fields that waited for them.
with arrived as (
    delete from store_demo.file_reference r
    using store_demo.file_alias a
    where r.bo = :bo and r.field = :field and a.file_id = r.file_id
    returning r.field, r.instance, r.file_id, r.run, r.waiting_since, a.file
),
noted as (
    insert into store_demo.ended_file_reference (bo, field, instance, file_id, run, waiting_since, ended_by)
    select :bo, field, instance, file_id, run, waiting_since, :run
    from arrived
    where run <> :run
),
changed as (
    update store_demo.bo_Everything g
    set f_file_upload = a.file, _modified_at = :started_at, _in_migrated_at = :started_at
    from arrived a
    join store_demo.bo_Everything o on o._id = a.instance
    where g._id = o._id and o.f_file_upload is distinct from a.file
    returning g._id, jsonb_build_object('f_file_upload', o.f_file_upload) as before, a.file_id as origin
)
insert into store_demo.journal (run, bo, instance, change, before, origin)
select :run, :bo, _id, 'changed', before, origin from changed