-- The row of process_tracking that counts, with what a partner may read of it.
select t.id, t.load_status, t.ins_inkafka_status, t.occupied_by_process, t.end_ins_inkafka_time as read_at
from {{ schema | ident }}.process_tracking t
order by t.id desc nulls last
limit 1
