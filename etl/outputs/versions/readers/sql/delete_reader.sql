-- With its receipts.
delete from {{ store_schema | ident }}.reader
where schema_name = :schema_name and reader = :reader
returning role_name
