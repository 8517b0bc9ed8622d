-- One version is current; it records the one before, unless this is a rollback.
update {{ store_schema | ident }}.out_version
set is_current = true, current_since = clock_timestamp(),
    previous = case when :is_rollback then previous else coalesce(cast(:left as text), previous) end
where schema_name = :schema_name
