-- Of which objects and links a small window has changes, and whether instances were removed or have returned, which
-- concerns the links of all objects: statements about all others would find nothing.
{% from "window.jinja" import state_changed, window %}
select j.bo, j.field, bool_or(j.field is null and {{ state_changed("j", ["removed", "returned"]) }}) as moved
from {{ store_schema | ident }}.journal j
where {{ window("j") }}
group by j.bo, j.field
