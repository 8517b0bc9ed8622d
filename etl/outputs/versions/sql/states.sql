-- The versions for display, and the run that wrote the oldest change that each has not followed. Changes are counted in
-- the order of the index, the oldest first.
{% from "reads.jinja" import are_reads_counted, last_read_at %}
{% from "stays_behind.jinja" import stays_behind %}
select
    v.schema_name, v.code_version, v.environment_version, cast(v.journal_position as text) as position,
    v.fill, v.whole_at, v.is_current, v.current_since, v.previous, v.retire_on, v.built_at, v.followed_at,
    {{ are_reads_counted() }} as are_reads_counted,
    case when {{ are_reads_counted() }} then {{ last_read_at() }} end as last_read_at,
    {{ stays_behind() }} as stays_behind,
    j.behind, j.oldest_unit
from {{ store_schema | ident }}.out_version v
cross join lateral (
    select count(*) as behind, min(c.run) as oldest_unit
    from (
        select w.run
        from {{ store_schema | ident }}.journal w
        where w.written_by >= pg_snapshot_xmin(v.journal_position)
          and not pg_visible_in_snapshot(w.written_by, v.journal_position)
{% if not is_counted_whole %}
        order by w.written_by
        limit :most
{% endif %}
    ) c
) j
order by v.built_at
