-- The links that a source has staged, with both ends: the owner by its instance or its external id, the target by one
-- of these, or by a unique field and its value. A missing end is null. `owner_in_id` is empty where the owner is there.
-- A removed row without a target says that the owner's full set has no more links than its other rows. `linked_at`
-- shows the order: `id` counts the rows of the source's unit of work.
{% from "targets.jinja" import join_by_value, found_by_value %}
{% from "staged_ends.jinja" import given_rows, owner_fault, target_fault, shown_value %}
create temporary table stage on commit drop as
{% set ways = (["ti._id"] if by_instance else []) + (["t._id", "ta.instance"] if by_in_id else []) %}
with {{ given_rows(in_table, store_schema, by_value) }},
known as (
    select g.*, {{ "g.owner_id" if knows_owners else "coalesce(oi._id, o._id, oa.instance)" }} as owner,
        coalesce({{ ways | comma_list or "cast(null as text)" }}{{ found_by_value(by_value) }}) as target,
        {{ "cast(null as text)" if knows_owners else "coalesce(nullif(g.owner_in_id, ''), oi._in_id)" }} as in_id,
        {{ "g.removed and g.target_id is null and g.target_field = '' and g.written = ''" if replaces else "false" }}
            as is_end_of_set
    from given g
{% if not knows_owners %}
    left join {{ store_schema | ident }}.{{ owner_golden | ident }} oi on oi._id = g.owner_id
    left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = nullif(g.owner_in_id, '')
    left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = nullif(g.owner_in_id, '')
{% endif %}
{% if by_instance %}
    left join {{ store_schema | ident }}.{{ target_golden | ident }} ti on ti._id = g.target_id
{% endif %}
{% if by_in_id %}
    left join {{ store_schema | ident }}.{{ target_golden | ident }} t
        on t._in_id = nullif(g.target_value, '') and g.target_field = ''
    left join {{ store_schema | ident }}.alias ta
        on ta.bo = :target_bo and ta.in_id = nullif(g.target_value, '') and g.target_field = ''
{% endif %}
{{ join_by_value("g", store_schema, target_golden, by_value) | indent(4, true) -}}
),
checked as (
    select g.*,
        case when g.owner is null then {{ owner_fault() }} end as owner_fault,
        case when g.target is null and not g.is_end_of_set then {{ target_fault(unique) }} end as target_fault
    from known g
)
select
    g.id as _source_row, g._origin, left(g.in_id, 100) as in_id,
    case when coalesce(g.owner_fault, g.target_fault) is not null then {{ shown_value() }} end as shown,
    case when g.owner is null then g.owner_in_id else '' end as owner_in_id,
    g.target_field, coalesce(g.target_value, '') as target_value,
    cast(:started_at as timestamp with time zone){{ " + g.id * interval '1 microsecond'" if is_ordered }} as linked_at,
    g.owner, g.owner_is_new, g.target, g.removed,
    coalesce(g.owner_fault, g.target_fault) as fault,
    case
        when g.owner_fault is not null then cast(:owner_column as text)
        when g.target_fault is not null then cast(:target_column as text)
    end as fault_column
from checked g
