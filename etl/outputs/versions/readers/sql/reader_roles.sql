-- The readers of one version, and the role for whose members each is.
select reader, role_name from {{ store_schema | ident }}.reader where schema_name = :schema_name order by reader
