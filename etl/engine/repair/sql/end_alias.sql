-- The id no longer names the instance; an undo gives it back.
with gone as (
    delete from {{ store_schema | ident }}.alias
    where bo = :bo and in_id = :in_id
    returning bo, in_id, instance, run
)
insert into {{ store_schema | ident }}.ended_alias (bo, in_id, instance, run, ended_by)
select bo, in_id, instance, run, :run from gone
