-- The version has now seen what was visible in the snapshot.
update {{ store_schema | ident }}.out_version
set journal_position = cast(:upto as pg_snapshot), followed_at = clock_timestamp()
where schema_name = :schema_name
