-- What the engine's role may do here.
select
    current_user::text as role,
    current_database()::text as database,
    (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as is_superuser,
    has_database_privilege(current_database(), 'CREATE') as may_make_schemas
