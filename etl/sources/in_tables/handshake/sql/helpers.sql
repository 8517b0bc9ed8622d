-- The helpers that have joined under this token, without the runner that asks.
select h.owner
from {{ schema | ident }}.runner h
join {{ schema | ident }}.run r on r.id = h.run and r.owner <> h.owner
where h.run = :run and h.fence = :fence and h.owner <> :me and h.heartbeat_at is not null
