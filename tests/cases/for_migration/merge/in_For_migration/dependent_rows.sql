-- Claimed rows that depend on another one: they name the same instance, or want or have a unique value that the other
-- row wants or has. Most rows concern only their own instance.
create temporary table remaining on commit drop as
with

named as (
    select i.id, coalesce(o._id, b._id, a.instance, u_mig1._id) as instance,
        coalesce(u_mig1._id, r_mig1._id) as holder_mig1,
        case
            when g._id is not null and not (nullif(i.in_id, '') is not null)
            then case
                when r_mig1._id is null then cast(g.mig1 as text)
            end
            when u_mig1._id is null and not coalesce(i.removed, false)
            then cast(nullif(i.in_id, '') as text)
        end as wants_mig1
    from in_tables.in_For_migration i
    left join store_demo.bo_For_migration o on o._id = nullif(i.out_id, '') collate "C"
    left join store_demo.bo_For_migration b on b._in_id = i.in_id collate "C"
    left join store_demo.alias a on a.bo = :bo and a.in_id = i.in_id collate "C" and b._id is null
    left join store_demo.bo_For_migration u_mig1 on u_mig1.mig1 = nullif(i.in_id, '')
        and u_mig1._state <> 'REMOVED'

    left join lateral (
        select g.*, g.xmin from store_demo.bo_For_migration g where g._id = coalesce(o._id, b._id, a.instance, u_mig1._id)
        and g._state = 'REMOVED' and not coalesce(i.removed, false)
        and not (((nullif(i.in_id, '') is not null))) limit 1
    ) g on true
    left join lateral (
        select r_mig1.*, r_mig1.xmin from store_demo.bo_For_migration r_mig1 where r_mig1.mig1 = g.mig1
        and r_mig1._state <> 'REMOVED' and g._state = 'REMOVED' and not coalesce(i.removed, false)
        and not (nullif(i.in_id, '') is not null) limit 1
    ) r_mig1 on true

    where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
),
touched as materialized (
    select id, '' as field, cast(instance as text) as key from named where instance is not null
    union all
    select id, '', cast(holder_mig1 as text)
    from named
    where holder_mig1 <> coalesce(instance, '')
    union all
    select id, 'mig1', wants_mig1 from named where wants_mig1 is not null
)
select distinct t.id
from touched t
join (select field, key from touched group by field, key having min(id) <> max(id)) shared
    on shared.field = t.field and shared.key = t.key