-- The first and the last claimed id. `offset 0`: one pass over the table, not a search through the index from its ends,
-- where rows of former batches may lie.
select min(id) as first, max(id) as last
from (
    select id
    from {{ in_schema | ident }}.{{ table | ident }}
    where occupied_id = :run and in_status = 'ON_WORK'
    offset 0
) claimed
having count(*) > 0
