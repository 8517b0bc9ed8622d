-- The instance that an external id means, by its own row or by a further id of it; else the one with this id in the
-- store.
select b._id as id, b._in_id as in_id, b._state as state, b._created_at as created_at, b._modified_at as modified_at,
    b._modified_by as modified_by, b._in_migrated_at as migrated_at
from (
    select o._id as instance, 1 as rank from {{ store_schema | ident }}.{{ golden | ident }} o where o._in_id = :named
    union all
    select a.instance, 2 from {{ store_schema | ident }}.alias a where a.bo = :bo and a.in_id = :named
    union all
    select i._id, 3 from {{ store_schema | ident }}.{{ golden | ident }} i where i._id = :named
) f
join {{ store_schema | ident }}.{{ golden | ident }} b on b._id = f.instance
order by f.rank
limit 1
