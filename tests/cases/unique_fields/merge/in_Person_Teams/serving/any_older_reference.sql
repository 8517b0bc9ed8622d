-- Whether references of this link table wait that were looked up before: only these wait for what arrives.
select 1 as found
from store_demo.boi_reference r
where r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.written_by < cast(:unserved_since as xid8)
limit 1