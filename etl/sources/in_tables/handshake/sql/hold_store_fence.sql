-- The first statement of every transaction: while it lives no new owner raises the fence, and once one did, there is no row.
-- With it comes what is recorded of the parts that are written to.
{% from "versions.jinja" import noted_parts %}
select {{ noted_parts(placed) }} as noted
from {{ schema | ident }}.store_fence
where run = :run and fence = :fence
for share of store_fence
