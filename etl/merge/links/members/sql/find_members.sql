-- The staged links of a composite whose member is unknown, with their owners and the instances of all members that they
-- may mean. Of several rows that name one link the last one counts, as in the tables of members.
{% from "members.jinja" import hits %}
{% from "staged_ends.jinja" import given_rows, owner_fault, target_fault, shown_value %}
create temporary table hit on commit drop as
with {{ given_rows(any_table, store_schema, unique) }},
known as (
    select g.*, coalesce(oi._id, o._id, oa.instance) as owner, coalesce(nullif(g.owner_in_id, ''), oi._in_id) as in_id,
        found.targets, found.target_bos
    from given g
    left join {{ store_schema | ident }}.{{ owner_golden | ident }} oi on oi._id = g.owner_id
    left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = nullif(g.owner_in_id, '')
    left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = nullif(g.owner_in_id, '')
    cross join lateral (
        select array_agg(h.target) as targets, array_agg(h.target_bo) as target_bos
        from (
{{ hits("g", members, store_schema, mixed) }}
{% for member in members %}
            union
            select t._id, {{ member.code | literal }}
            from {{ store_schema | ident }}.{{ member.golden | ident }} t
            where t._id = g.target_id
{% endfor %}
        ) h
    ) found
),
checked as (
    select g.*,
        case when g.owner is null then {{ owner_fault() }} end as owner_fault,
        case
            when cardinality(g.targets) > 1 then 'AMBIGUOUS'
            when g.targets is null then {{ target_fault(unique) }}
        end as target_fault
    from known g
)
select
    g.id, g._origin, g.removed, left(g.in_id, 100) as in_id, {{ shown_value() }} as shown,
    case when g.owner is null then g.owner_in_id else '' end as owner_in_id, coalesce(g.owner, '') as owner,
    g.target_field, coalesce(g.target_value, '') as target_value, g.targets[1] as target, g.target_bos[1] as target_bo,
    cast(:started_at as timestamp with time zone){{ " + g.id * interval '1 microsecond'" if is_ordered }} as linked_at,
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
