-- The versions of a company that there are.
select nspname as schema from pg_namespace where nspname ~ :pattern order by nspname
