-- A run with tasks that are not done: a recovery waits for it, as the vendor's does.
select max(run) as run
from {{ schema | ident }}.task
where kind <> all(cast(:kinds as text[])) and state in ('todo', 'running')
