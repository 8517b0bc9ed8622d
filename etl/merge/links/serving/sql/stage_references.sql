-- References of this link table that have both ends by now.
{% from "looked_up.jinja" import near_references %}
{% from "origin.jinja" import reference_origin %}
{% from "targets.jinja" import join_by_value, found_by_value %}
{% set targets = [{"golden": target_golden, "unique": unique, "code": target_code}] %}
create temporary table stage on commit drop as
with
{{ near_references(store_schema, owner_golden, targets, looks_at_all, has_older, has_values) }}
{% set owner = "coalesce(nullif(r.owner, ''), o._id, oa.instance)" %}
{% set target = "coalesce(t._id, ta.instance%s)" | format(found_by_value(unique) if has_values else "") %}
select r.owner_in_id, r.target_field, r.target_value, r.linked_at, {{ owner }} as owner, {{ target }} as target,
    {{ reference_origin("r") }} as _origin
from near r
left join {{ store_schema | ident }}.{{ owner_golden | ident }} o on o._in_id = r.owner_in_id
left join {{ store_schema | ident }}.{{ target_golden | ident }} t on t._in_id = r.target_value and r.target_field = ''
left join {{ store_schema | ident }}.alias oa on oa.bo = :bo and oa.in_id = r.owner_in_id
left join {{ store_schema | ident }}.alias ta
    on ta.bo = :target_bo and ta.in_id = r.target_value and r.target_field = ''
{{ join_by_value("r", store_schema, target_golden, unique) if has_values -}}
where {{ owner }} is not null and {{ target }} is not null
  and (
      r.restored_by is null
      or not exists (
          select from {{ store_schema | ident }}.{{ owner_golden | ident }} g
          where g._id = {{ owner }} and g._state = 'REMOVED'
      )
      and not exists (
          select from {{ store_schema | ident }}.{{ target_golden | ident }} g
          where g._id = {{ target }} and g._state = 'REMOVED'
      )
  )
