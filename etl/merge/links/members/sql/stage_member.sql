-- The links to one member.
{% from "origin.jinja" import reference_origin %}
create temporary table stage on commit drop as
select h.owner_in_id, h.target_field, h.target_value, h.linked_at, h.known_owner as owner, h.target,
    {{ reference_origin("h") }} as _origin
from hit h
where h.target_bo = :target_bo
