-- Whether more instances or references arrived than the threshold from which reading whole tables is faster.
select 1 as found
from (
    select 1
    from store_demo.journal
    where written_by >= cast(:unserved_since as xid8) and field is null and change in ('created', 'returned')
    union all
    select 1
    from store_demo.boi_reference r
    where r.written_by >= cast(:unserved_since as xid8) and r.bo = :bo and r.field = :field and r.target_bo = :target_bo
) arrived
offset 10000
limit 1