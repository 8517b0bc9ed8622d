-- Whether references of this link table name their targets by unique values.
select 1 as found
from store_demo.boi_reference r
where r.bo = :bo and r.field = :field and r.target_bo = :target_bo and r.target_field <> ''
limit 1