-- Who the engine is in this database, and what it may do with the database itself. `role` and `database` are SQL text.
select
    current_user::text as name,
    pg_catalog.quote_ident(current_user) as role,
    pg_catalog.quote_ident(pg_catalog.current_database()) as database,
    r.rolsuper as is_superuser,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create') as may_create,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'temporary') as may_stage
from pg_catalog.pg_roles r
where r.rolname = current_user
