-- One version is current; it remembers which one was, unless this is the return to it.
update {{ store_schema | ident }}.out_version
set is_current = true, current_since = clock_timestamp(),
    previous = case when :is_rollback then previous else coalesce(cast(:left as text), previous) end
where schema_name = :schema_name
