-- Whether references of this link table wait: usually none, and then arrivals need not be looked up.
select 1 as found
from store_demo.boi_reference
where bo = :bo and field = :field and target_bo = :target_bo
limit 1