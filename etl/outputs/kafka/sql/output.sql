-- An output. Its position is stale where it names transactions of another server, or of the future of this one: after a
-- restore.
{% from "journal_id.jinja" import journal_id %}
{% from "versions.jinja" import noted_parts %}
select
    o.name, o.step, o.is_begun, cast(o.journal_position as text) as position, o.place, o.unfinished, o.token, o.owner,
    o.place is distinct from {{ journal_id(schema) }}
        or pg_snapshot_xmax(o.journal_position) > pg_snapshot_xmax(pg_current_snapshot()) as position_is_stale,
    {{ noted_parts(placed) }} as noted
from {{ schema | ident }}.kafka_output o
where o.name = :name
