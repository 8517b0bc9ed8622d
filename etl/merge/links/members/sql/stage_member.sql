-- The links to one member.
{% from "origin.jinja" import ends_origin %}
create temporary table stage on commit drop as
select h.owner_in_id, h.target_field, h.target_value, h.linked_at, h.known_owner as owner, h.target,
    {{ ends_origin("coalesce(nullif(h.owner_in_id, ''), h.owner)", "h.target_value") }} as _origin
from hit h
where h.target_bo = :target_bo
