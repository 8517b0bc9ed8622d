-- Who the engine is here.
select current_user::text as role,
    (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as is_superuser
