-- How long ago a unit of work began.
select greatest(extract(epoch from clock_timestamp() - started_at), 0) as seconds
from {{ schema | ident }}.unit
where number = :unit
