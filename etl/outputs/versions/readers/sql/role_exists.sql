-- Whether the server has the role.
select exists (select from pg_roles where rolname = :role) as is_there
