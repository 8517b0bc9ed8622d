-- The first statement of every task: while the task's transaction lives, no new owner can raise the fence, and once one
-- did, this finds no row. With it comes what is recorded of the parts that the task writes to.
{% from "lease_is_valid.jinja" import lease_is_valid %}
{% from "versions.jinja" import noted_parts %}
select {{ noted_parts(placed) }} as noted
from {{ schema | ident }}.run_fence
where fence = :fence{% if is_helper %} and {{ lease_is_valid(schema) }}{% endif %}

for share of run_fence
