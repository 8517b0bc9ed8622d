-- How many instances an object has, counted no further than the batch makes it matter.
select count(*) as instances
from (
    select 1 from {{ store_schema | ident }}.{{ golden | ident }} where _state = 'ACTUAL' limit :enough
) counted
