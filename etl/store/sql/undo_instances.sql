-- Gives instances back what a run replaced, column by column, except what a later change has touched. Within the run the
-- earliest image of a column counts: jsonb_object_agg keeps the last, so they come latest first.
{% from "before.jinja" import before %}
with mine as (
    select
        j.instance, min(j.n) as first, bool_or(j.change = 'created') as is_created,
        coalesce(jsonb_object_agg(b.key, b.value order by j.n desc) filter (where b.key is not null), '{}') as images
    from {{ store_schema | ident }}.journal j
    left join jsonb_each(j.before) as b (key, value) on true
    where j.run = :run and j.bo = :bo and j.field is null
    group by j.instance
),
later as (
    select l.instance, array_agg(distinct k.key) filter (where k.key is not null) as keys
    from mine
    join {{ store_schema | ident }}.journal l on l.n > mine.first and l.instance = mine.instance
    left join jsonb_object_keys(l.before) as k (key) on true
    where l.bo = :bo and l.field is null and l.run is distinct from :run and l.change <> 'touched'
    group by l.instance
),
wanted as (
    select
        mine.instance, mine.is_created,
        case
            when not mine.is_created then mine.images - coalesce(later.keys, cast(array[] as text[]))
            when later.instance is null then jsonb_build_object('_state', 'REMOVED')
            else '{}'
        end as images,
        later.instance is not null
            and (mine.is_created or mine.images ?| coalesce(later.keys, cast(array[] as text[]))) as is_kept
    from mine
    left join later on later.instance = mine.instance
),
restored as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set
        _state = p._state,
        _modified_at = :at{% for field in fields %},
        {{ field.column }} = p.{{ field.column }}{% endfor %}

    from wanted w
    join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = w.instance
    cross join lateral jsonb_populate_record(o, w.images) p
    where g._id = o._id and w.images <> '{}' and to_jsonb(p) <> to_jsonb(o)
    returning
        g._id, w.is_created,
        case
            when g._state = 'REMOVED' and o._state <> 'REMOVED' then 'removed'
            when o._state = 'REMOVED' and g._state <> 'REMOVED' then 'returned'
            else 'changed'
        end as change,
        {{ before(fields) }} as before
),
journalled as (
    insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before)
    select :as_run, :bo, _id, change, before from restored
)
select 'restored' as counter, count(*) as rows from restored where not is_created
union all
select 'removed', count(*) from restored where is_created
union all
select 'kept', count(*) from wanted where is_kept
