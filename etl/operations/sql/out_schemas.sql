-- The schemas of the out_ versions; with a mirror elsewhere it is listed here too, and has no schema of that name.
select schema_name from {{ schema | ident }}.out_version order by schema_name
