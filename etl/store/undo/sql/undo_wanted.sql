-- The values that an undo restores, column by column, except what a later change has touched. Within the run
-- the earliest image of a column counts: jsonb_object_agg keeps the last, so they come latest first. And of unique
-- values, numbered: what the instance has (_old), whether it gives this up, and what it wants that it does not have.
create temporary table undone on commit drop as
with mine as (
    select
        j.instance, min(j.n) as first, bool_or(j.change = 'created') as is_created,
        coalesce(jsonb_object_agg(b.key, b.value order by j.n desc) filter (where b.key is not null), '{}') as images
    from undo_change j
    left join jsonb_each(j.before) as b (key, value) on true
    where j.bo = :bo and j.field = ''
    group by j.instance
),
later as (
    select l.instance, array_agg(distinct k.key) filter (where k.key is not null) as keys
    from mine
    join undo_later l on l.bo = :bo and l.field = '' and l.instance = mine.instance and l.n > mine.first
    left join unnest(l.keys) as k (key) on true
    group by l.instance
),
wanted as (
    select
        mine.instance, mine.is_created,
        case
            when not mine.is_created then mine.images - coalesce(later.keys, cast(array[] as text[]))
            when later.instance is null then
                jsonb_build_object('_state', 'REMOVED')
                || case when jsonb_exists(mine.images, '_in_id') then jsonb_build_object('_in_id', null) else '{}' end
            else '{}'
        end as images,
        later.instance is not null
            and (mine.is_created or mine.images ?| coalesce(later.keys, cast(array[] as text[]))) as is_kept
    from mine
    left join later on later.instance = mine.instance
)
select
    w.instance, w.is_created, w.images, w.is_kept, o._state as _was_state,
    p._state <> 'REMOVED' as is_live{% for field in unique %},
    o.{{ field.column }} as _old_{{ field.short }},
    o._state <> 'REMOVED' and o.{{ field.column }} is not null and (
        p._state = 'REMOVED'
        or {{ field.compared("p." ~ field.column) }} is distinct from {{ field.compared("o." ~ field.column) }}
    ) as gives_{{ field.short }},
    case when p._state <> 'REMOVED' and (
        o._state = 'REMOVED'
        or {{ field.compared("p." ~ field.column) }} is distinct from {{ field.compared("o." ~ field.column) }}
    ) then p.{{ field.column }} end as wants_{{ field.short }}{% endfor %}

from wanted w
join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = w.instance
cross join lateral jsonb_populate_record(o, w.images) p
