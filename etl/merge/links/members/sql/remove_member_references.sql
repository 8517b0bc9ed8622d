-- Links that wait for any member and are removed.
{% from "ended_waits.jinja" import ended_links %}
{% from "reference.jinja" import of_table, ends, same_ends %}
with gone as (
    delete from {{ store_schema | ident }}.boi_reference r
    using hit h
    where {{ of_table("r") }}
      and {{ same_ends("r", "h") }}
      and h.fault is null and h.target is null and h.removed and h.age = 1
    returning {{ ends("r") }}, r.linked_at, r.run, r.waiting_since
),
noted as (
    {{ ended_links(store_schema, "gone") }}
)
select 1 from gone
