-- The links to one member.
create temporary table stage on commit drop as
select h.owner_in_id, h.target_field, h.target_value, h.linked_at, h.known_owner as owner, h.target,
    coalesce(
        h.origin,
        cast(json_build_array(coalesce(nullif(h.owner_in_id, ''), h.owner), h.target_value) as text)
    ) as _origin
from hit h
where h.target_bo = :target_bo