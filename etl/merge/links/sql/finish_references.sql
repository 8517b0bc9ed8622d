-- A resolved reference is deleted, and the partner's row, if it still exists, is done. With `is_given`
-- the stage has rows that give such a link again.
{% from "ended.jinja" import ended with context %}
{% from "ended_waits.jinja" import ended_links %}
with arrived as (
    delete from {{ store_schema | ident }}.boi_reference r
    using stage s
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo
      and r.owner_in_id = s.owner_in_id and r.target_in_id = s.target_in_id
{% if is_given %}
      and s.owner is not null and s.target is not null and not s.removed
{% endif %}
    returning r.owner_in_id, r.target_in_id, r.linked_at, r.run, r.waiting_since
),
noted as (
    {{ ended_links(store_schema, "arrived") }}
)
{{ ended("arrived", "DONE") }}
