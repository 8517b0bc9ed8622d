-- The ids and out_ids of the rows that the run has taken.
select i.id, i.out_id, i.occupied_id, i.in_status
from {{ in_schema | ident }}.{{ table | ident }} i
where i.occupied_id = :run and i.in_status = 'DONE'
