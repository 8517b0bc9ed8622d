-- Errors whose rows were deleted, but whose instance a later run has taken.
select e.id
from unnest(cast(:ids as bigint[]), cast(:in_ids as text[]), cast(:times as timestamp with time zone[]))
    as e (id, in_id, created_at)
join {{ store_schema | ident }}.{{ golden | ident }} g on g._in_id = e.in_id
where g._in_migrated_at > e.created_at
