-- All external ids of the instances, also those that an undo has ended, unless these are another instance's by now, as
-- after a split.
select g._in_id as in_id
from {{ store_schema | ident }}.{{ golden | ident }} g
where g._id = any(cast(:instances as text[])) and g._in_id is not null
union
select a.in_id from {{ store_schema | ident }}.alias a where a.bo = :bo and a.instance = any(cast(:instances as text[]))
union
select e.in_id
from {{ store_schema | ident }}.ended_alias e
where e.bo = :bo and e.instance = any(cast(:instances as text[]))
  and not exists (
      select from {{ store_schema | ident }}.{{ golden | ident }} g
      where g._in_id = e.in_id and not g._id = any(cast(:instances as text[]))
  )
  and not exists (
      select from {{ store_schema | ident }}.alias a
      where a.bo = :bo and a.in_id = e.in_id and not a.instance = any(cast(:instances as text[]))
  )
