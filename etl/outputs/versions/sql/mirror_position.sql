-- Locked: two runners do not mirror the same. With it comes what is recorded of the parts that are written to.
{% from "versions.jinja" import noted_parts %}
select cast(position as text) as position, place, tables, {{ noted_parts(placed) }} as noted
from {{ schema | ident }}.mirror for update
