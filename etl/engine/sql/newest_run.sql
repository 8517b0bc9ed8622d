-- The newest run of the schema, with the age of its heartbeat in seconds.
select id as run, state, owner, fence, started_at, finished_at, message,
    cast(extract(epoch from clock_timestamp() - heartbeat_at) as float8) as beat_age
from {{ schema | ident }}.run
order by id desc
limit 1
