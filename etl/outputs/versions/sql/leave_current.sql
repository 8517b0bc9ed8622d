-- The version that was current is so no more; it remembers who might read the views that go with it.
update {{ store_schema | ident }}.out_version
set is_current = false, view_grants = view_grants || cast(:grants as jsonb)
where is_current and schema_name <> :schema_name
returning schema_name
