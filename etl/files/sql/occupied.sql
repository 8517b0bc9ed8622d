-- While a run reads, a partner does not clear tables (vendor's guide).
select occupied_by_process
from {{ schema | ident }}.process_tracking
where occupied_by_process <> 0 and ins_inkafka_status = 0
order by id desc
limit 1
