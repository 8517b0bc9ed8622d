-- The staged links of a composite whose member is unknown, with their owners and the instances of all members that they
-- may mean. Of several rows that name one link the last one counts, as in the tables of members.
create temporary table hit on commit drop as
with given as materialized (
    select l.id, l._origin, coalesce(l.removed, false) as removed, nullif(l.owner, '') as owner_id,
        coalesce(l.owner_is_new, false) as owner_is_new,
        case when coalesce(l.owner, '') = '' then coalesce(l.owner_in_id, '') else '' end as owner_in_id,
        nullif(l.target, '') as target_id,
        case when coalesce(l.target, '') = '' then coalesce(l.target_field, '') else '' end as target_field,
        coalesce(l.target, l.target_value, '') as written,
        case
            when coalesce(l.target, '') <> '' then ''
            else case coalesce(l.target_field, '')
            when '' then coalesce(l.target_value, '')
        end
        end as target_value
    from pg_temp.any_member l
),
known as (
    select g.*, coalesce(oi._id, o._id, oa.instance) as owner, coalesce(nullif(g.owner_in_id, ''), oi._in_id) as in_id,
        found.targets, found.target_bos
    from given g
    left join store_demo.bo_Contracts oi on oi._id = g.owner_id
    left join store_demo.bo_Contracts o on o._in_id = nullif(g.owner_in_id, '')
    left join store_demo.alias oa on oa.bo = :bo and oa.in_id = nullif(g.owner_in_id, '')
    cross join lateral (
        select array_agg(h.target) as targets, array_agg(h.target_bo) as target_bos
        from (

    select m._id as target, 'Natural_client' as target_bo
    from store_demo.bo_Natural_client m
    where g.target_field = '' and m._in_id = nullif(g.target_value, '')
    union
    select a.instance, 'Natural_client'
    from store_demo.alias a
    where g.target_field = '' and a.bo = 'Natural_client'
      and a.in_id = nullif(g.target_value, '')
    union
    select m._id as target, 'Legal_client' as target_bo
    from store_demo.bo_Legal_client m
    where g.target_field = '' and m._in_id = nullif(g.target_value, '')
    union
    select a.instance, 'Legal_client'
    from store_demo.alias a
    where g.target_field = '' and a.bo = 'Legal_client'
      and a.in_id = nullif(g.target_value, '')
    union
    select m._id as target, 'IP_client' as target_bo
    from store_demo.bo_IP_client m
    where g.target_field = '' and m._in_id = nullif(g.target_value, '')
    union
    select a.instance, 'IP_client'
    from store_demo.alias a
    where g.target_field = '' and a.bo = 'IP_client'
      and a.in_id = nullif(g.target_value, '')

            union
            select t._id, 'Natural_client'
            from store_demo.bo_Natural_client t
            where t._id = g.target_id
            union
            select t._id, 'Legal_client'
            from store_demo.bo_Legal_client t
            where t._id = g.target_id
            union
            select t._id, 'IP_client'
            from store_demo.bo_IP_client t
            where t._id = g.target_id
        ) h
    ) found
),
checked as (
    select g.*,
        case when g.owner is null then case
            when g.owner_id is not null then 'LINK_END_INVALID'
            when btrim(g.owner_in_id, :blanks) = '' then 'LINK_END_EMPTY'
            when char_length(g.owner_in_id) > 100 then 'LINK_END_INVALID'
        end end as owner_fault,
        case
            when cardinality(g.targets) > 1 then 'AMBIGUOUS'
            when g.targets is null then case
            when g.target_id is not null then 'LINK_END_INVALID'
            when g.target_field <> '' and not false
            then 'NOT_UNIQUE'
            when btrim(g.written, :blanks) = '' then 'LINK_END_EMPTY'
            when g.target_value is null or octet_length(g.target_value) > 2000
                or g.target_field = '' and char_length(g.target_value) > 100 then 'LINK_END_INVALID'
        end
        end as target_fault
    from known g
)
select
    g.id, g._origin, g.removed, left(g.in_id, 100) as in_id, left(concat_ws(' ', nullif(g.target_field, ''), g.written), 200) as shown,
    case when g.owner is null then g.owner_in_id else '' end as owner_in_id, coalesce(g.owner, '') as owner,
    g.target_field, coalesce(g.target_value, '') as target_value, g.targets[1] as target, g.target_bos[1] as target_bo,
    cast(:started_at as timestamp with time zone) + g.id * interval '1 microsecond' as linked_at,
    coalesce(g.owner_fault, g.target_fault) as fault,
    case
        when g.owner_fault is not null then cast(:owner_column as text)
        else cast(:target_column as text)
    end as fault_column,
    row_number() over (
        partition by
            coalesce(g.owner, g.owner_in_id), g.target_field, g.target_value, coalesce(g.owner_fault, g.target_fault)
        order by g.id desc
    ) as age
from checked g