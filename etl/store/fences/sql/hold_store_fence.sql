-- The first statement of every transaction: until it ends no new owner raises the source's fence, and once one did,
-- there is no row. Returned with it: what is recorded of the parts that are written to.
{% from "versions.jinja" import noted_parts %}
select {{ noted_parts(placed) }} as noted
from {{ schema | ident }}.store_fence
where source = :source and unit = :unit and fence = :fence
for share of store_fence
