-- The engine's role in this database.
select current_user::text as role,
    (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as is_superuser
