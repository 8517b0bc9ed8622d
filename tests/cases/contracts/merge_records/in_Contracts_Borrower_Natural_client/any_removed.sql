-- Whether a claimed link row removes its link.
select 1 as found
from pg_temp.in_Contracts_Borrower_Natural_client l
where l.in_status = 'ON_WORK' and l.removed and l.ctid >= cast(:first as tid) and l.ctid < cast(:after as tid)
limit 1