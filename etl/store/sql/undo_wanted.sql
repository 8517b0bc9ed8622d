-- What instances get back of what a run replaced (see undo_images), column by column, except what a later change has touched.
-- And of unique values, numbered: what the instance has (_old), whether it gives this up, and what it wants that it does not
-- have.
create temporary table undone on commit drop as
with wanted as (
    select
        i.instance, i.is_created,
        case
            when not i.is_created then i.images - coalesce(later.keys, cast(array[] as text[]))
            when later.instance is null then jsonb_build_object('_state', 'REMOVED')
            else '{}'
        end as images,
        later.instance is not null
            and (i.is_created or i.images ?| coalesce(later.keys, cast(array[] as text[]))) as is_kept
    from undo_image i
    left join undo_later later on later.instance = i.instance
)
select
    w.instance, w.is_created, w.images, w.is_kept, o._state as _was_state, p._state <> 'REMOVED' as is_live{% for field in unique %},
    o.{{ field.column }} as _old_{{ loop.index0 }},
    o._state <> 'REMOVED' and o.{{ field.column }} is not null and (
        p._state = 'REMOVED' or {{ field.compared("p." ~ field.column) }} is distinct from {{ field.compared("o." ~ field.column) }}
    ) as gives_{{ loop.index0 }},
    case when p._state <> 'REMOVED' and (
        o._state = 'REMOVED' or {{ field.compared("p." ~ field.column) }} is distinct from {{ field.compared("o." ~ field.column) }}
    ) then p.{{ field.column }} end as wants_{{ loop.index0 }}{% endfor %}

from wanted w
join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = w.instance
cross join lateral jsonb_populate_record(o, w.images) p
