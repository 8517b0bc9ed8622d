-- The current role, which of the given roles exist, and whether PUBLIC may connect.
select
    current_user::text as role,
    pg_catalog.current_database()::text as database,
    pg_catalog.has_database_privilege('public', pg_catalog.current_database(), 'connect') as is_open,
    array(select rolname::text from pg_catalog.pg_roles where rolname = any(:roles)) as roles,
    array(select nspname::text from pg_catalog.pg_namespace where nspname = any(:schemas)) as schemas
