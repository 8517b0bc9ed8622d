-- The out_ versions that the store follows; the oldest first.
select schema_name::text as name from {{ store_schema | ident }}.out_version order by built_at, schema_name
