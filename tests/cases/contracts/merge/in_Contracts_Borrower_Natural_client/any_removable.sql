-- Whether any link of the table waits, or one for any member of the composite.
select 1 as found
from store_demo.boi_reference r
where r.bo = :bo and r.field = :field
      and r.target_bo in (:target_bo, '')
limit 1