-- Claimed rows that depend on another one: they name the same instance, or want or have a unique value that the other
-- row wants or has. Most rows concern only their own instance.
create temporary table remaining on commit drop as
with

named as (
    select i.id, coalesce(o._id, b._id, a.instance, u_number._id) as instance,
        coalesce(u_email._id, r_email._id) as holder_email,
        case
            when g._id is not null and not (not (coalesce(pins.is_0, false)))
            then case
                when r_email._id is null then cast(lower(g.email) as text)
            end
            when u_email._id is null and not coalesce(i.removed, false) and not (case when octet_length(i.email) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.email) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            then cast(lower(nullif(i.email, '')) as text)
        end as wants_email,
        u_passport._id as holder_passport,
        case
            when u_passport._id is null and not coalesce(i.removed, false) and not (case when octet_length(i.Passport) > :max_value_bytes then 'VALUE_TOO_LONG' when octet_length(i.Passport) > 2000 then 'UNIQUE_TOO_LONG' end is not null)
            then cast(nullif(i.Passport, '') as text)
        end as wants_passport,
        coalesce(u_number._id, r_number._id) as holder_number,
        case
            when g._id is not null and not (nullif(i.in_id, '') is not null)
            then case
                when r_number._id is null then cast(g.Number as text)
            end
            when u_number._id is null and not coalesce(i.removed, false)
            then cast(nullif(i.in_id, '') as text)
        end as wants_number
    from in_tables.in_Person i
    left join store_demo.bo_Person o on o._id = nullif(i.out_id, '') collate "C"
    left join store_demo.bo_Person b on b._in_id = i.in_id collate "C"
    left join store_demo.alias a on a.bo = :bo and a.in_id = i.in_id collate "C" and b._id is null
    left join store_demo.bo_Person u_email on lower(u_email.email) = lower(nullif(i.email, ''))
        and u_email._state <> 'REMOVED' and not coalesce(i.removed, false)
    left join store_demo.bo_Person u_passport on u_passport.Passport = nullif(i.Passport, '')
        and u_passport._state <> 'REMOVED' and not coalesce(i.removed, false)
    left join store_demo.bo_Person u_number on u_number.Number = nullif(i.in_id, '')
        and u_number._state <> 'REMOVED'

    left join lateral (
        select g.*, g.xmin from store_demo.bo_Person g where g._id = coalesce(o._id, b._id, a.instance, u_number._id)
        and g._state = 'REMOVED' and not coalesce(i.removed, false)
        and not (((not (coalesce(pins.is_0, false))) and (nullif(i.in_id, '') is not null))) limit 1
    ) g on true
    left join lateral (
        select r_email.*, r_email.xmin from store_demo.bo_Person r_email where lower(r_email.email) = lower(g.email)
        and r_email._state <> 'REMOVED' and g._state = 'REMOVED' and not coalesce(i.removed, false)
        and not (not (coalesce(pins.is_0, false))) limit 1
    ) r_email on true
    left join lateral (
        select r_number.*, r_number.xmin from store_demo.bo_Person r_number where r_number.Number = g.Number
        and r_number._state <> 'REMOVED' and g._state = 'REMOVED' and not coalesce(i.removed, false)
        and not (nullif(i.in_id, '') is not null) limit 1
    ) r_number on true

    where i.occupied_id = :run and i.in_status = 'ON_WORK' and i.id >= :first and i.id < :after
),
touched as materialized (
    select id, '' as field, cast(instance as text) as key from named where instance is not null
    union all
    select id, '', cast(holder_email as text)
    from named
    where holder_email <> coalesce(instance, '')
    union all
    select id, 'email', wants_email from named where wants_email is not null
    union all
    select id, '', cast(holder_passport as text)
    from named
    where holder_passport <> coalesce(instance, '')
    union all
    select id, 'passport', wants_passport from named where wants_passport is not null
    union all
    select id, '', cast(holder_number as text)
    from named
    where holder_number <> coalesce(instance, '')
    union all
    select id, 'number', wants_number from named where wants_number is not null
)
select distinct t.id
from touched t
join (select field, key from touched group by field, key having min(id) <> max(id)) shared
    on shared.field = t.field and shared.key = t.key