-- Links that wait for any member and are removed, and those of the same owner and value that wait for one of them.
{% from "ended_waits.jinja" import ended_links %}
{% from "reference.jinja" import ends %}
{% from "targets.jinja" import value_of_field %}
with gone as (
    delete from {{ store_schema | ident }}.boi_reference r
    using hit h
    where r.bo = :bo and r.field = :field and r.target_bo = any(cast(:target_bos as text[]))
      and r.owner_in_id = h.owner_in_id and r.owner = h.owner and r.target_field = h.target_field
      and (
          r.target_value = h.target_value
{% for member in members %}
{% for field in member.unique if field.name in mixed %}
{% set options = member.options_name(field) %}
          or r.target_field = '{{ field.name }}' and r.target_bo in ('', {{ member.code | literal }})
          and ({{ value_of_field(field, "r.target_value", store_schema, options) }})
          = ({{ value_of_field(field, "h.target_value", store_schema, options) }})
{% endfor %}
{% endfor %}
      )
      and h.fault is null and h.removed and h.age = 1
    returning
        r.target_bo, {{ ends("r") }}, r.linked_at, r.run, r.waiting_since,
        r.origin
),
noted as (
    {{ ended_links(store_schema, "gone", "target_bo") }}
)
select 1 from gone
