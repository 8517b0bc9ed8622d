-- What the run's owner works with, and where it is.
select o.pinned, o.host, o.pid
from {{ schema | ident }}.run r
join {{ schema | ident }}.runner o on o.run = r.id and o.owner = r.owner
where r.id = :run and r.state = 'running'
