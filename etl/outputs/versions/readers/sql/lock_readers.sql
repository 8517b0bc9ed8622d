-- Waits for readers that are asking now; those who ask later wait.
select from {{ store_schema | ident }}.reader order by schema_name, reader for update
