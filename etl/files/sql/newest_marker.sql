-- What the newest row of the marker says.
select id, load_status, ins_inkafka_status
from {{ schema | ident }}.process_tracking
order by id desc
limit 1
