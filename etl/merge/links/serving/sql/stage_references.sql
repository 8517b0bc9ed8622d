-- References of this link table with both ends, of those that may have them by now: what came since they were looked up
-- last (`unserved_since`): an instance, a unique value of one, or the reference itself, which a transaction beside that
-- of the instance may have written. Also those that an undo has restored, as soon as both ends are live: instances that
-- it removed may return. What came is read from the journal, not from the in_ tables, which the partner may change; so
-- the cost depends on what came. `has_older`: references from before wait. Where the start is unknown (`looks_at_all`:
-- the first time, and the first time after a restore) every reference is looked at. `has_values`: some name their
-- targets by a unique value.
{% from "origin.jinja" import ends_origin %}
{% from "reference.jinja" import of_table, ends %}
{% from "targets.jinja" import join_by_value, found_by_value, values_brought %}
create temporary table stage on commit drop as
{% if looks_at_all %}
with near as materialized (
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from {{ store_schema | ident }}.boi_reference r
    where {{ of_table("r") }}
)
{% else %}
with
{% if has_older %}
arrived as materialized (
    select j.bo, g._in_id as in_id
    from {{ store_schema | ident }}.journal j
    join {{ store_schema | ident }}.{{ owner_golden | ident }} g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = :bo and j.field is null
      and j.change in ('created', 'returned')
    union
    select j.bo, g._in_id
    from {{ store_schema | ident }}.journal j
    join {{ store_schema | ident }}.{{ target_golden | ident }} g on g._id = j.instance
    where j.written_by >= cast(:unserved_since as xid8) and j.bo = :target_bo and j.field is null
      and j.change in ('created', 'returned')
    union
    select a.bo, a.in_id from {{ store_schema | ident }}.alias a where a.bo in (:bo, :target_bo)
),
{% if has_values and unique %}
brought as materialized (
    {{ values_brought(store_schema, target_golden, unique, ":target_bo") }}
),
{% endif %}
{% endif %}
near as materialized (
{% if has_older %}
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from arrived a
    join {{ store_schema | ident }}.boi_reference r on {{ of_table("r") }} and r.owner_in_id = a.in_id
    where a.bo = :bo
    union
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from arrived a
    join {{ store_schema | ident }}.boi_reference r
        on {{ of_table("r") }} and r.target_value = a.in_id and r.target_field = ''
    where a.bo = :target_bo
    union
{% if has_values and unique %}
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from brought b
    join {{ store_schema | ident }}.boi_reference r
        on {{ of_table("r") }} and r.target_value = b.target_value and r.target_field = b.target_field
    union
{% endif %}
{% endif %}
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from {{ store_schema | ident }}.boi_reference r
    where r.written_by >= cast(:unserved_since as xid8) and {{ of_table("r") }}
    union
    select {{ ends("r") }}, r.linked_at, r.restored_by
    from {{ store_schema | ident }}.boi_reference r
    where r.restored_by is not null and {{ of_table("r") }}
)
{% endif %}
{% set owner = "coalesce(nullif(r.owner, ''), o._id, oa.instance)" %}
{% set target = "coalesce(t._id, ta.instance%s)" | format(found_by_value(unique) if has_values else "") %}
select r.owner_in_id, r.target_field, r.target_value, r.linked_at, {{ owner }} as owner, {{ target }} as target,
    {{ ends_origin("coalesce(nullif(r.owner_in_id, ''), r.owner)", "r.target_value") }} as _origin
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
