-- The token only ever rises. Returned with it: what is recorded of the parts that the run will write to, since an
-- upgrade may have held the fence until now.
{% from "versions.jinja" import noted_parts %}
update {{ schema | ident }}.run_fence set fence = fence + 1 returning fence, {{ noted_parts(placed) }} as noted
