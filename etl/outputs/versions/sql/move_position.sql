-- The version has followed all transactions that the snapshot sees.
update {{ store_schema | ident }}.out_version
set journal_position = cast(:upto as pg_snapshot), followed_at = clock_timestamp()
where schema_name = :schema_name
