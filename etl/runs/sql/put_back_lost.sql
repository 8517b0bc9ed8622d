-- Frees the tasks that dismissed helpers had begun; their transactions are gone.
update {{ schema | ident }}.task t
set state = 'todo', owner = null, fence = null
from {{ schema | ident }}.runner h
where t.run = :run and t.fence = :fence and t.state = 'running' and t.owner = any(cast(:owners as text[]))
  and h.run = t.run and h.owner = t.owner and h.heartbeat_at is null
