-- Restores the values that undo_wanted has found, external ids too where a repair has changed them; the old values of
-- what undo_release has changed are in `undone`.
{% from "before.jinja" import before %}
with restored as (
    update {{ store_schema | ident }}.{{ golden | ident }} g
    set
        _state = p._state,
        _in_id = p._in_id,
        _modified_at = :at{% for field in fields %},
        {{ field.column }} = p.{{ field.column }}{% endfor %}

    from undone s
    join {{ store_schema | ident }}.{{ golden | ident }} o on o._id = s.instance
    cross join lateral jsonb_populate_record(o, s.images) p
    where g._id = o._id and s.images <> '{}' and (
        to_jsonb(p) <> to_jsonb(o) or p._state <> s._was_state or {{ unique | each("s.gives_{0.short}") | any_of }}
    )
    returning
        g._id, s.is_created,
        case
            when g._state = 'REMOVED' and s._was_state <> 'REMOVED' then 'removed'
            when s._was_state = 'REMOVED' and g._state <> 'REMOVED' then 'returned'
            else 'changed'
        end as change,
        case when o._in_id is distinct from g._in_id then jsonb_build_object('_in_id', o._in_id) else '{}' end
            || {{ before(fields, unique, "s._was_state") }} as before
),
journalled as (
    insert into {{ store_schema | ident }}.journal (run, bo, instance, change, before)
    select :as_run, :bo, _id, change, before from restored
)
select 'restored' as counter, count(*) as rows from restored where not is_created
union all
select 'removed', count(*) from restored where is_created
union all
select 'kept', count(*) from undone where is_kept
