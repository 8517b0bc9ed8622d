-- Which of some roles the server does not have.
select t.name
from unnest(cast(:names as text[])) as t (name)
where not exists (select from pg_roles r where r.rolname = t.name)
order by t.name
