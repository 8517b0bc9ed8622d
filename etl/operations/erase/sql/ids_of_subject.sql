-- All external ids of the instances, also those that an undo has ended.
select g._in_id as in_id
from {{ store_schema | ident }}.{{ golden | ident }} g
where g._id = any(cast(:instances as text[])) and g._in_id is not null
union
select a.in_id from {{ store_schema | ident }}.alias a where a.bo = :bo and a.instance = any(cast(:instances as text[]))
union
select e.in_id
from {{ store_schema | ident }}.ended_alias e
where e.bo = :bo and e.instance = any(cast(:instances as text[]))
