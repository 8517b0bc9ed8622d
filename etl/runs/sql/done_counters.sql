-- After a connection was lost during commit, the task's own row tells whether the commit happened.
select counters
from {{ schema | ident }}.task
where id = :id and owner = :owner and fence = :fence and state in ('done', 'quarantined')
