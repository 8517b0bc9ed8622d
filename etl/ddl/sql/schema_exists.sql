-- Whether a schema is there.
select exists (select from pg_catalog.pg_namespace where nspname = :schema)
