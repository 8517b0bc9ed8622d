-- Instances that differ, and only those. A removed row's other columns are ignored; a row for a removed instance
-- restores it. The journal keeps the replaced values, for `etl undo`; a unique value may have been cleared already, so
-- it is read from the stage. What other sources have changed since the rows were staged is not known here, so an
-- instance that one of them has changed is left out: the count of updated rows is smaller then.
with changed as (
    update store_demo.bo_Person g
    set
        _state = case
            when s._action = 'removed' then 'REMOVED'
            when g._state = 'REMOVED' then 'ACTUAL'
            else g._state
        end,
        _modified_at = :started_at,
        _in_migrated_at = :started_at,
        email = case when s._action = 'removed' then g.email else s.email end,
        Passport = case when s._action = 'removed' then g.Passport else s.Passport end,
        Born = case when s._action = 'removed' then g.Born else s.Born end,
        Number = case when s._action = 'removed' then g.Number else s.Number end
    from stage s
    join store_demo.bo_Person o on o._id = s._known
    where g._id = o._id and s._action in ('changed', 'removed') and g.xmin = s._known_version
    returning
        g._id,
        case
            when s._action = 'removed' then 'removed'
            when o._state = 'REMOVED' then 'returned'
            else 'changed'
        end as change,
        case when o._state <> g._state then jsonb_build_object('_state', o._state) else '{}' end
        || case when s._old_email is distinct from g.email
            then jsonb_build_object('email', s._old_email) else '{}' end
        || case when s._old_passport is distinct from g.Passport
            then jsonb_build_object('passport', s._old_passport) else '{}' end
        || case when o.Born is distinct from g.Born
            then jsonb_build_object('born', o.Born) else '{}' end
        || case when s._old_number is distinct from g.Number
            then jsonb_build_object('number', s._old_number) else '{}' end as before,
        cast(s._row as text) as origin
)
insert into store_demo.journal (run, bo, instance, change, before, origin)
select :run, :bo, _id, change, before, origin from changed