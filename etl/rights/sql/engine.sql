-- Who the engine is in this database, and what it may do with the database itself.
select
    current_user::text as role,
    pg_catalog.current_database()::text as database,
    r.rolsuper as is_superuser,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create') as may_create,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'temporary') as may_stage
from pg_catalog.pg_roles r
where r.rolname = current_user
