-- As stage_references, for links that wait for any member of a composite: what came since they were looked up last,
-- with the instances of all members that they may mean.
{% from "looked_up.jinja" import near_references %}
{% from "members.jinja" import hits %}
{% from "reference.jinja" import ends %}
create temporary table hit on commit drop as
with
{{ near_references(store_schema, owner_golden, members, looks_at_all, has_older, has_values, mixed) }}
select {{ ends("r") }}, r.linked_at, r.origin,
    coalesce(nullif(r.owner, ''), o._id, oa.instance) as known_owner,
    found.targets, found.targets[1] as target, found.target_bos[1] as target_bo
from near r
left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = nullif(r.owner_in_id, '')
left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = nullif(r.owner_in_id, '')
cross join lateral (
    select array_agg(h.target) as targets, array_agg(h.target_bo) as target_bos
    from (
{{ hits("r", members, store_schema, mixed) }}
    ) h
) found
where found.targets is not null
