-- How long ago a run began.
select greatest(extract(epoch from clock_timestamp() - started_at), 0) as seconds
from {{ schema | ident }}.run
where id = :run
