-- Versions whose day has come.
select schema_name from {{ store_schema | ident }}.out_version where retire_on <= current_date order by schema_name
