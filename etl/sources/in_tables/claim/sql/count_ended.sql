-- How many links the suspicious rows would end: those that they remove, and those that an owner's full set does not
-- name. A link of a SINGLE field that is replaced does not count. An end is found as a merge does; the
-- instances of this batch have no links yet.
{% from "link_suspects.jinja" import link_suspects %}
with suspect as materialized (
{% if is_one %}
{{ link_suspects(in_schema, in_table, owner_column, target_column, replaces, has_removed) }}
{% else %}
    select owner_in_id, target_in_id, removed from pg_temp.batch
{% endif %}
),
known as materialized (
    select distinct coalesce(o._id, oa.instance) as owner, coalesce(t._id, ta.instance) as target, s.removed
    from suspect s
    left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = s.owner_in_id
    left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = s.owner_in_id
    left join {{ store_schema | ident }}.{{ target_golden | ident }} t on t._in_id = s.target_in_id
    left join {{ store_schema | ident }}.alias ta on ta.bo = :target_bo and ta.in_id = s.target_in_id
    where coalesce(o._id, oa.instance) is not null
      and (coalesce(t._id, ta.instance) is not null or btrim(s.target_in_id, :blanks) <> '')
)
select count(*) as rows
{% if replaces %}
from (select distinct owner from known) o
join {{ store_schema | ident }}.{{ golden_link | ident }} g on g._owner = o.owner and g._target_bo = :target_bo
where not exists (
    select from known k where k.owner = g._owner and not k.removed{{ " and k.target = g._target" if not is_single }}
)
{% else %}
from known k
join {{ store_schema | ident }}.{{ golden_link | ident }} g on g._owner = k.owner and g._target = k.target
{% endif %}
