-- How many instances an object has, counted up to the threshold.
select count(*) as instances
from (
    select 1 from {{ store_schema | ident }}.{{ golden | ident }} where _state <> 'REMOVED' limit :threshold
) counted
