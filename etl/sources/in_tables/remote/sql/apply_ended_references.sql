-- Marks the partner's rows of links that wait no longer, if they still exist and wait. A row that this task has marked
-- waits again.
update {{ in_schema | ident }}.{{ table | ident }} l
set in_status = m.in_status
from pg_temp.ended m
where l.{{ owner_column | ident }} = m.owner_in_id and l.{{ target_column | ident }} = m.target_in_id
  and l.in_status = 'WAITING' and l.xmin <> cast(pg_current_xact_id() as xid)
