-- Fields that rows of this source write and that another one has written, or none yet; usually there are none. Of rows
-- of several topics the one that counts most.
create temporary table owner_change on commit drop as
select distinct on (w.instance, w.field) w.instance, w.field, w.source, w.time
from (
    select s._instance as instance, v.field, v.source, v.rank, s._row, v.time
    from stage s
    join pg_temp.in_Person i on i.id = s._row
    cross join lateral (
        select
            cast(coalesce(cast(:ranks as jsonb) -> 'born' ->> t.source,
                cast(:ranks as jsonb) -> 'born' ->> split_part(t.source, ':', 1),
                cast(:ranks as jsonb) -> 'born' ->> '') as int) as rank_2
        from (select concat('kafka:', split_part(i._origin, '/', 1)) as source) t
    ) sent
    cross join lateral (values
        (s._says[1], 'email', concat('kafka:', split_part(i._origin, '/', 1)), 2, s._time),
        (s._says[2], 'passport', concat('kafka:', split_part(i._origin, '/', 1)), 1, s._time),
        (s._says[3], 'born', concat('kafka:', split_part(i._origin, '/', 1)), sent.rank_2, s._time),
        (s._says_state, '_state', concat('kafka:', split_part(i._origin, '/', 1)), 0, s._state_time)
    ) as v (says, field, source, rank, time)
    where s._action <> 'rejected' and s._instance is not null and v.says and not s._stale
) w
where not exists (
    select from store_demo.field_owner f
    where f.bo = :bo and f.instance = w.instance and f.field = w.field and f.source = w.source and f.source_time is not distinct from w.time
)
order by w.instance, w.field, w.rank, w.time desc nulls last, w._row desc