-- A field that waited for a file waits no more: the next row of the instance says what it has.
with gone as (
    delete from {{ store_schema | ident }}.file_reference
    where bo = :bo and instance = :absorbed
    returning bo, field, instance, file_id, run, waiting_since
)
insert into {{ store_schema | ident }}.ended_file_reference (bo, field, instance, file_id, run, waiting_since, ended_by)
select bo, field, instance, file_id, run, waiting_since, :run from gone
