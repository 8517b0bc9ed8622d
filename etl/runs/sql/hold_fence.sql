-- The first statement of every task: while the task's transaction lives, no new owner can raise the fence, and once one
-- did, this finds no row.
{% from "standing.jinja" import stands %}
select 1
from {{ schema | ident }}.run_fence
where fence = :fence{% if is_helper %} and {{ stands(schema) }}{% endif %}

for share of run_fence
