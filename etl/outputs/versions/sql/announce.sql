-- The day from which on the version may be dropped.
update {{ store_schema | ident }}.out_version set retire_on = cast(:on as date) where schema_name = :schema_name
