-- The versions with position and filling. A position is also invalid if it names transactions that have not happened
-- here: ids of another server. Sessions that share a version can still record their steps: an update of non-key columns
-- is compatible with a key share lock; it waits for the lock of a follower or of `etl out build`.
{% from "version_identity.jinja" import version_identity %}
select
    v.schema_name, v.code_version, v.environment_version, cast(v.journal_position as text) as position,
    v.structure, v.fill, v.whole_at, v.is_current, v.previous, v.retire_on, v.view_grants,
    v.place is distinct from {{ version_identity(store_schema, "v.schema_name") }}
        or pg_snapshot_xmax(v.journal_position) > pg_snapshot_xmax(pg_current_snapshot()) as position_is_stale
from {{ store_schema | ident }}.out_version v
{% if lock %}
where v.schema_name = :schema_name
for {{ "key share" if lock == "share" else "update" }} of v{{ " skip locked" if lock != "wait" }}
{% else %}
order by v.schema_name
{% endif %}
