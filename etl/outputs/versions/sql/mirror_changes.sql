-- The journal since the mirror's position. Before-images are not copied, as undo runs in the store.
{% from "window.jinja" import window %}
select j.run, j.bo, j.field, j.instance, j.target, j.change
from {{ schema | ident }}.journal j
where {{ window("j") }}
order by j.n
