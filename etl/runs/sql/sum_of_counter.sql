-- One counter over the tasks that are done.
select cast(coalesce(sum(cast(counters ->> :counter as bigint)), 0) as bigint) as rows
from {{ schema | ident }}.task
where run = :run and state in ('done', 'quarantined')
