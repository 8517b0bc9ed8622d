-- Claimed rows that touch what another one touches: the instance that they name, that which has a unique value that they
-- want, or a value that nobody has. Most rows touch nothing but their own instance.
create temporary table remaining on commit drop as
with

named as (
    select i.id, coalesce(o._id, b._id, a.instance, u2._id) as instance,
        u0._id as holder_0,
        case when u0._id is null and not coalesce(i.removed, false) and not (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null) then cast(lower(nullif(i.email, '')) as text) end as wants_0,
        u1._id as holder_1,
        case when u1._id is null and not coalesce(i.removed, false) and not (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null) then cast(nullif(i.Passport, '') as text) end as wants_1,
        u2._id as holder_2,
        case when u2._id is null and not coalesce(i.removed, false) then cast(nullif(i.in_id, '') as text) end as wants_2
    from in_tables.in_Person i
    left join store_demo.bo_Person o on o._id = nullif(i.out_id, '') collate "C"
    left join store_demo.bo_Person b on b._in_id = i.in_id collate "C"
    left join store_demo.alias a on a.bo = :bo and a.in_id = i.in_id collate "C" and b._id is null
    left join store_demo.bo_Person u0
        on lower(u0.email) = lower(nullif(i.email, ''))
        and u0._state <> 'REMOVED' and not coalesce(i.removed, false)
    left join store_demo.bo_Person u1
        on u1.Passport = nullif(i.Passport, '')
        and u1._state <> 'REMOVED' and not coalesce(i.removed, false)
    left join store_demo.bo_Person u2
        on u2.Number = nullif(i.in_id, '')
        and u2._state <> 'REMOVED'

    where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
),
touched as materialized (
    select id, -1 as k, cast(instance as text) as key from named where instance is not null
    union all
    select id, -1, cast(holder_0 as text) from named where holder_0 <> coalesce(instance, '')
    union all
    select id, 0, wants_0 from named where wants_0 is not null
    union all
    select id, -1, cast(holder_1 as text) from named where holder_1 <> coalesce(instance, '')
    union all
    select id, 1, wants_1 from named where wants_1 is not null
    union all
    select id, -1, cast(holder_2 as text) from named where holder_2 <> coalesce(instance, '')
    union all
    select id, 2, wants_2 from named where wants_2 is not null
)
select distinct t.id
from touched t
join (select k, key from touched group by k, key having min(id) <> max(id)) shared on shared.k = t.k and shared.key = t.key