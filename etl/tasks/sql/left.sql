-- How many tasks are not finished; another runner may be at work on them.
select count(*) filter (where state = 'todo') as todo, count(*) filter (where state = 'running') as running
from {{ schema | ident }}.task
where run = :run
