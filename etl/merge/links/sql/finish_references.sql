-- A resolved reference is deleted, and the partner's row, if it still exists, is done. One that another transaction has
-- ended meanwhile is not linked. With `is_given` the stage has rows that give such a link again.
{% from "ended.jinja" import ended with context %}
{% from "ended_waits.jinja" import ended_links %}
{% from "reference.jinja" import of_table, ends, is_staged_as, waits_under %}
with arrived as (
    delete from {{ store_schema | ident }}.boi_reference r
    using stage s
    where {{ of_table("r") }}
      and {{ is_staged_as("r", "s", target_field if is_given else "s.target_field") }}
{% if is_given %}
      and s.owner is not null and s.target is not null and not s.removed
{% endif %}
    returning
        {{ ends("r") }}, r.linked_at, r.run, r.waiting_since,
        r.origin
),
{% if not is_given %}
lost as (
    delete from stage s
    where (s.owner_in_id, {{ waits_under("s") }}, s.target_field, s.target_value)
        not in (select a.owner_in_id, a.owner, a.target_field, a.target_value from arrived a)
),
{% endif %}
noted as (
    {{ ended_links(store_schema, "arrived") }}
)
{{ ended("arrived", "DONE") }}
