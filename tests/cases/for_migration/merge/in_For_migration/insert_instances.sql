-- New instances, in the order of their external id, as the stage has them: the unique index on it is the expensive part
-- of an insert. Nothing else decides which rows are created, so the journal need not wait for them.
with created as (
    insert into store_demo.bo_For_migration
        (_id, _in_id, _created_at, _modified_at, _in_migrated_at, mig2, mig1)
    select
        _instance, _in_id, :started_at, :started_at, :started_at, mig2, mig1
    from stage
    where _action = 'created'
)
insert into store_demo.journal (run, bo, instance, change, origin)
select :run, :bo, s._instance, 'created', cast(s._row as text) from stage s where s._action = 'created'