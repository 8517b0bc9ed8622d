-- What the newest marker row says: 1 everything is read, 2 the run was stopped.
select id, ins_inkafka_status
from {{ schema | ident }}.process_tracking
order by id desc
limit 1
