-- Fields that rows of this source write and that another one has written, or none yet; usually there are none. Of rows
-- of several topics the one that counts most.
create temporary table owner_change on commit drop as
select distinct on (w.instance, w.field) w.instance, w.field, w.source, w.time
from (
    select s._instance as instance, v.field, v.source, v.rank, s._row, v.time
    from stage s
    cross join lateral (values
        (s._says[1], 'email', cast(:family as text), 1, s._time),
        (s._says[2], 'passport', cast(:family as text), 1, s._time),
        (s._says[3], 'born', cast(:family as text), 2, s._time),
        (s._says_state, '_state', cast(:family as text), 0, s._state_time)
    ) as v (says, field, source, rank, time)
    where s._action <> 'rejected' and s._instance is not null and v.says and not s._stale
) w
where not exists (
    select from store_demo.field_owner f
    where f.bo = :bo and f.instance = w.instance and f.field = w.field and f.source = w.source and f.source_time is not distinct from w.time
)
order by w.instance, w.field, w.rank, w.time desc nulls last, w._row desc