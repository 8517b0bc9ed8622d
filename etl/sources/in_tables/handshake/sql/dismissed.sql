-- Those of the named helpers that have no lease.
select owner
from {{ schema | ident }}.runner
where run = :run and owner = any(cast(:owners as text[])) and heartbeat_at is null
