-- See keep_ended_references: those of all tries of this task.
select owner_in_id, target_in_id, in_status
from {{ store_schema | ident }}.remote_mark
where run = :run and seq = :seq
