-- Whether anything of this link table waits: most often not, and then nobody need ask what arrived.
select 1 as found
from store_demo.boi_reference
where bo = :bo and field = :field and target_bo = :target_bo
limit 1