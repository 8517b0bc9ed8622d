-- Those with exactly one hit, and an owner that is there.
create temporary table stage on commit drop as
select h.owner_in_id, h.target_field, h.target_value, h.linked_at, h.known_owner as owner, h.target, h.target_bo,
    h.origin
from hit h
where cardinality(h.targets) = 1 and h.known_owner is not null
