-- The run that has not ended, with the age of its heartbeat by the database's clock.
select id, owner, fence, marker_id, cast(heartbeat_at as text) as beat,
    cast(extract(epoch from clock_timestamp() - heartbeat_at) as float8) as beat_age
from {{ schema | ident }}.run
where state = 'running'
