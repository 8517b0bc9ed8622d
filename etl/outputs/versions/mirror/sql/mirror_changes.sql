-- The journal since the mirror's position. Of before-images only the state is copied, which out_ versions ask for: undo
-- runs in the store.
{% from "window.jinja" import window %}
select j.run, j.bo, j.field, j.instance, j.target, j.change,
    case when jsonb_exists(j.before, '_state') then jsonb_build_object('_state', j.before -> '_state') end as before
from {{ schema | ident }}.journal j
where {{ window("j") }}
order by j.n
