-- A link that is there now does not wait; of the others we must know the ends, where both are there. Where the member
-- of a composite is unknown, every member is asked.
{% from "targets.jinja" import join_by_value, found_by_value %}
with known as materialized (
    select r.ctid as row_ctid, coalesce(nullif(r.owner, ''), o._id, oa.instance) as owner,
        coalesce(t._id, ta.instance{{ found_by_value(unique) }}) as target, r.ended_by
    from undo_ended r
    left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = r.owner_in_id
    left join {{ store_schema | ident }}.{{ target_golden | ident }} t
        on t._in_id = r.target_value and r.target_field = ''
    left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = r.owner_in_id
    left join {{ store_schema | ident }}.alias ta
        on ta.bo = :target_bo and ta.in_id = r.target_value and r.target_field = ''
{{ join_by_value("r", store_schema, target_golden, unique) | indent(4, true) -}}
    where r.bo = :bo and r.field = :field and r.target_bo in (:target_bo, '')
),
linked as (
    delete from undo_ended r
    using known k, {{ store_schema | ident }}.{{ golden_link | ident }} g
    where r.ctid = k.row_ctid and g._owner = k.owner and g._target = k.target
)
insert into undo_pair (row_ctid, bo, field, owner, target, ended_by)
select row_ctid, :bo, :field, owner, target, ended_by from known where owner is not null and target is not null
