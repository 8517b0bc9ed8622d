-- As stage_references, for links that wait for any member of a composite: what came since they were looked up last,
-- with the instances of all members that they may mean.
{% from "members.jinja" import hits %}
{% from "reference.jinja" import of_table, ends %}
{% from "targets.jinja" import values_brought %}
create temporary table hit on commit drop as
with
{% if not looks_at_all and has_older %}
arrived as materialized (
    select j.bo, g._in_id as in_id
    from {{ store_schema | ident }}.journal j
    join {{ store_schema | ident }}.{{ owner_golden | ident }} g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = :bo and j.field is null
      and j.change in ('created', 'returned')
{% for member in members %}
    union
    select j.bo, g._in_id
    from {{ store_schema | ident }}.journal j
    join {{ store_schema | ident }}.{{ member.golden | ident }} g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = '{{ member.code }}' and j.field is null
      and j.change in ('created', 'returned')
{% endfor %}
    union
    select a.bo, a.in_id
    from {{ store_schema | ident }}.alias a
    where a.bo = :bo or a.bo = any(cast(:target_bos as text[]))
),
{% if has_values %}
brought as materialized (
{% for member in members if member.unique %}
    {{ "union" if not loop.first }}
    {{ values_brought(store_schema, member.golden, member.unique, "'" ~ member.code ~ "'") }}
{% else %}
    select '' as target_field, '' as target_value where false
{% endfor %}
),
{% endif %}
{% endif %}
near as materialized (
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from {{ store_schema | ident }}.boi_reference r
    where {{ of_table("r") }}
{% if not looks_at_all %}
      and r.written_by >= cast(:unserved_since as xid8)
    union
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from {{ store_schema | ident }}.boi_reference r
    where r.restored_by is not null and {{ of_table("r") }}
{% if has_older %}
    union
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from arrived a
    join {{ store_schema | ident }}.boi_reference r on {{ of_table("r") }} and r.owner_in_id = a.in_id
    where a.bo = :bo
    union
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from arrived a
    join {{ store_schema | ident }}.boi_reference r
        on {{ of_table("r") }} and r.target_value = a.in_id and r.target_field = ''
    where a.bo = any(cast(:target_bos as text[]))
{% if has_values %}
    union
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from brought b
    join {{ store_schema | ident }}.boi_reference r
        on {{ of_table("r") }} and r.target_value = b.target_value and r.target_field = b.target_field
{% endif %}
{% endif %}
{% endif %}
)
select {{ ends("r") }}, r.linked_at, coalesce(nullif(r.owner, ''), o._id, oa.instance) as known_owner,
    found.targets, found.targets[1] as target, found.target_bos[1] as target_bo
from near r
left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = nullif(r.owner_in_id, '')
left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = nullif(r.owner_in_id, '')
cross join lateral (
    select array_agg(h.target) as targets, array_agg(h.target_bo) as target_bos
    from (
{{ hits("r", members, store_schema) }}
    ) h
) found
where found.targets is not null
