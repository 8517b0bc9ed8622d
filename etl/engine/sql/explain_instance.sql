-- The instance that an external id means, by its own row or by a further id of it.
select b._id as id, b._in_id as in_id, b._state as state, b._created_at as created_at, b._modified_at as modified_at,
    b._modified_by as modified_by, b._in_migrated_at as migrated_at
from {{ store_schema | ident }}.{{ golden | ident }} b
where b._in_id = :in_id
   or b._id = (select a.instance from {{ store_schema | ident }}.alias a where a.bo = :bo and a.in_id = :in_id)
