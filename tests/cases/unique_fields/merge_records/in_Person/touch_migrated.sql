-- Instances whose rows changed nothing still get their in-migration time, where a reader can see it.
with touched as (
    update store_demo.bo_Person g
    set _in_migrated_at = :started_at
    from pg_temp.mark m
    join pg_temp.in_Person i on i.id = m.id
    where m.in_status = 'DONE' and g._id = m.out_id collate "C"
      and g._in_migrated_at is distinct from :started_at
    returning g._id, i._origin as origin
)
insert into store_demo.journal (run, bo, instance, change, origin)
select :run, :bo, _id, 'touched', origin from touched