-- Which of some schemas there are.
select nspname as name from pg_namespace where nspname = any(cast(:schemas as text[])) order by nspname
