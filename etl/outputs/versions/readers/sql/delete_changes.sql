-- A version without readers keeps no changes for them.
delete from {{ store_schema | ident }}.reader_change where schema_name = :schema_name
