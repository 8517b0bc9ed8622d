-- The version is no longer current; it records the grants on views that are dropped with it.
update {{ store_schema | ident }}.out_version
set is_current = false, view_grants = view_grants || cast(:grants as jsonb)
where is_current and schema_name <> :schema_name
returning schema_name
