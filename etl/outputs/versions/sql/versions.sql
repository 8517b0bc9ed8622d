-- The versions with how far each is. A position is also worthless when it names transactions that are still to come
-- here: the numbers of another server. Who shares a version still lets others note what they have done: an update of
-- other columns than the key passes a key share, the lock of a follower or of `etl out build` does not.
{% from "place.jinja" import place %}
select
    v.schema_name, v.code_version, v.environment_version, cast(v.journal_position as text) as position, v.structure, v.fill,
    v.whole_at, v.is_current, v.previous, v.retire_on, v.view_grants,
    v.place is distinct from {{ place(store_schema, "v.schema_name") }}
        or pg_snapshot_xmax(v.journal_position) > pg_snapshot_xmax(pg_current_snapshot()) as is_astray
from {{ store_schema | ident }}.out_version v
{% if lock %}
where v.schema_name = :schema_name
for {{ "key share" if lock == "share" else "update" }} of v{{ " skip locked" if lock != "wait" }}
{% else %}
order by v.schema_name
{% endif %}
