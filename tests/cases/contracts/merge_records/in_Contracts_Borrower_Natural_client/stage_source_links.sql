-- The links that a source has staged, with both ends: the owner by its instance or its external id, the target by one
-- of these, or by a unique field and its value. A missing end is null. `owner_in_id` is empty where the owner is there.
-- A removed row without a target says that the owner's full set has no more links than its other rows. `linked_at`
-- shows the order: `id` counts the rows of the source's unit of work.
create temporary table stage on commit drop as
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
    from pg_temp.in_Contracts_Borrower_Natural_client l
),
known as (
    select g.*, coalesce(oi._id, o._id, oa.instance) as owner,
        coalesce(ti._id, t._id, ta.instance) as target,
        coalesce(nullif(g.owner_in_id, ''), oi._in_id) as in_id,
        false
            as is_end_of_set
    from given g
    left join store_demo.bo_Contracts oi on oi._id = g.owner_id
    left join store_demo.bo_Contracts o on o._in_id = nullif(g.owner_in_id, '')
    left join store_demo.alias oa on oa.bo = :bo and oa.in_id = nullif(g.owner_in_id, '')
    left join store_demo.bo_Natural_client ti on ti._id = g.target_id
    left join store_demo.bo_Natural_client t
        on t._in_id = nullif(g.target_value, '') and g.target_field = ''
    left join store_demo.alias ta
        on ta.bo = :target_bo and ta.in_id = nullif(g.target_value, '') and g.target_field = ''
    ),
checked as (
    select g.*,
        case when g.owner is null then case
            when g.owner_id is not null then 'LINK_END_INVALID'
            when btrim(g.owner_in_id, :blanks) = '' then 'LINK_END_EMPTY'
            when char_length(g.owner_in_id) > 100 then 'LINK_END_INVALID'
        end end as owner_fault,
        case when g.target is null and not g.is_end_of_set then case
            when g.target_id is not null then 'LINK_END_INVALID'
            when g.target_field <> '' and not false
            then 'NOT_UNIQUE'
            when btrim(g.written, :blanks) = '' then 'LINK_END_EMPTY'
            when g.target_value is null or octet_length(g.target_value) > 2000
                or g.target_field = '' and char_length(g.target_value) > 100 then 'LINK_END_INVALID'
        end end as target_fault
    from known g
)
select
    g.id as _source_row, g._origin, left(g.in_id, 100) as in_id,
    case when coalesce(g.owner_fault, g.target_fault) is not null then left(concat_ws(' ', nullif(g.target_field, ''), g.written), 200) end as shown,
    case when g.owner is null then g.owner_in_id else '' end as owner_in_id,
    g.target_field, coalesce(g.target_value, '') as target_value,
    cast(:started_at as timestamp with time zone) + g.id * interval '1 microsecond' as linked_at,
    g.owner, g.owner_is_new, g.target, g.removed,
    coalesce(g.owner_fault, g.target_fault) as fault,
    case
        when g.owner_fault is not null then cast(:owner_column as text)
        when g.target_fault is not null then cast(:target_column as text)
    end as fault_column
from checked g