-- External ids of instances, and of which object they are.
{% for one in objects %}
{{ "union all" if not loop.first }}
select cast(:bo_{{ loop.index0 }} as text) as bo, g._id as id, g._in_id as in_id
from {{ store_schema | ident }}.{{ one.table | ident }} g
where g._id = any(cast(:ids as text[]))
{% endfor %}
