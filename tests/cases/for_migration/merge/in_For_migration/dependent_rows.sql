-- Claimed rows that touch what another one touches: the instance that they name, that which has a unique value that they
-- want, or a value that nobody has. Most rows touch nothing but their own instance.
create temporary table remaining on commit drop as
with

named as (
    select i.id, coalesce(o._id, b._id, a.instance, u0._id) as instance,
        u0._id as holder_0,
        case when u0._id is null and not coalesce(i.removed, false) then cast(nullif(i.in_id, '') as text) end as wants_0
    from in_tables.in_For_migration i
    left join store_demo.bo_For_migration o on o._id = nullif(i.out_id, '') collate "C"
    left join store_demo.bo_For_migration b on b._in_id = i.in_id collate "C"
    left join store_demo.alias a on a.bo = :bo and a.in_id = i.in_id collate "C" and b._id is null
    left join store_demo.bo_For_migration u0
        on u0.mig1 = nullif(i.in_id, '')
        and u0._state <> 'REMOVED'

    where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
),
touched as materialized (
    select id, -1 as k, cast(instance as text) as key from named where instance is not null
    union all
    select id, -1, cast(holder_0 as text) from named where holder_0 <> coalesce(instance, '')
    union all
    select id, 0, wants_0 from named where wants_0 is not null
)
select distinct t.id
from touched t
join (select k, key from touched group by k, key having min(id) <> max(id)) shared on shared.k = t.k and shared.key = t.key