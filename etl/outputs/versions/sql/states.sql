-- The versions for display, and the run that wrote the oldest change that each has not followed.
{% from "reads.jinja" import are_reads_counted, last_read_at %}
select
    v.schema_name, v.code_version, v.environment_version, cast(v.journal_position as text) as position,
    v.fill, v.whole_at, v.is_current, v.current_since, v.previous, v.retire_on, v.built_at, v.followed_at,
    {{ are_reads_counted() }} as are_reads_counted,
    case when {{ are_reads_counted() }} then {{ last_read_at() }} end as last_read_at,
    j.behind, j.oldest_unit
from {{ store_schema | ident }}.out_version v
cross join lateral (
    select count(*) as behind, min(j.run) as oldest_unit
    from {{ store_schema | ident }}.journal j
    where j.written_by >= pg_snapshot_xmin(v.journal_position)
      and not pg_visible_in_snapshot(j.written_by, v.journal_position)
) j
order by v.built_at
