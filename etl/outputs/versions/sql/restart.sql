-- From here on the position belongs to this server and these tables; the comparison covers earlier changes.
{% from "version_identity.jinja" import version_identity %}
update {{ store_schema | ident }}.out_version
set journal_position = cast(:upto as pg_snapshot), structure = cast(:structure as jsonb), fill = cast(:fill as jsonb),
    place = {{ version_identity(store_schema, ":schema_name") }}, reader_scans = 0,
    own_scans = (
        select coalesce(sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)), 0)
        from pg_stat_user_tables where schemaname = :schema_name
    )
where schema_name = :schema_name
