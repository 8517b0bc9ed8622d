-- Locked, so that two runners do not copy the same changes.
{% from "versions.jinja" import noted_parts %}
select cast(position as text) as position, place as journal_id, tables, {{ noted_parts(placed) }} as noted
from {{ schema | ident }}.mirror for update
