-- From which day on the version may go.
update {{ store_schema | ident }}.out_version set retire_on = cast(:on as date) where schema_name = :schema_name
