-- How far an online change is. A number means the same after a restore, but pages do not.
{% from "server.jinja" import server %}
select name, state, cast(position as text) as position,
{% if follow == "number" %}
    state = 'filling' and place is distinct from {{ server() }} as is_elsewhere,
{% else %}
    place is distinct from {{ server() }}
        or pg_snapshot_xmax(position) > pg_snapshot_xmax(pg_current_snapshot()) as is_elsewhere,
{% endif %}
    next_page, pages, rows, writer_before, made_by, started_at, changed_at
from {{ schema | ident }}.online_change
where name = :name
{% if is_locked %}
for update
{% endif %}
