-- How many links of the field lead to instances of the object, counted up to the threshold.
select count(*) as rows
from (
    select 1 from {{ store_schema | ident }}.{{ golden_link | ident }} where _target_bo = :target_bo limit :most
) counted
