-- The state of the filling; null: the tables are complete.
update {{ store_schema | ident }}.out_version
set fill = cast(:fill as jsonb), followed_at = clock_timestamp(),
    whole_at = case when cast(:fill as jsonb) is null then coalesce(whole_at, clock_timestamp()) else whole_at end
where schema_name = :schema_name
