-- The run's owner, its digest and its host; an owner of an older version has not recorded them.
select r.owner, o.pinned, coalesce(o.host, 'an unknown host') as host, coalesce(o.pid, 0) as pid
from {{ schema | ident }}.run r
left join {{ schema | ident }}.runner o on o.run = r.id and o.owner = r.owner
where r.id = :run and r.state = 'running'
