-- After a link was lost during commit nobody knows whether it happened: the task's own row does.
select counters
from {{ schema | ident }}.task
where id = :id and owner = :owner and fence = :fence and state in ('done', 'quarantined')
