-- How many tasks a runner has finished.
select count(*) as tasks
from {{ schema | ident }}.task
where run = :run and owner = :owner and state in ('done', 'quarantined')
