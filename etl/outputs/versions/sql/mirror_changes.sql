-- What the journal says since the mirror's position. The images of what was before stay where runs are undone.
{% from "window.jinja" import window %}
select j.run, j.bo, j.field, j.instance, j.target, j.change
from {{ schema | ident }}.journal j
where {{ window("j") }}
order by j.n
