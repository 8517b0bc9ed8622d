-- Instances whose rows changed nothing still get their in-migration time, where a reader can see it.
with touched as (
    update store_demo.bo_Person g
    set _in_migrated_at = :started_at
    from in_tables.in_Person i
    where i.occupied_id = :run and i.in_status = 'DONE' and g._id = i.out_id collate "C"
      and g._in_migrated_at is distinct from :started_at
    returning g._id, cast(i.id as text) as origin
)
insert into store_demo.journal (run, bo, instance, change, origin)
select :run, :bo, _id, 'touched', origin from touched