-- What arrived waits no longer: the reference goes, and the partner's row, if it is still there, is done.
{% from "ended.jinja" import ended with context %}
with arrived as (
    delete from {{ store_schema | ident }}.boi_reference r
    using stage s
    where r.bo = :bo and r.field = :field and r.target_bo = :target_bo
      and r.owner_in_id = s.owner_in_id and r.target_in_id = s.target_in_id
    returning r.owner_in_id, r.target_in_id
)
{{ ended("arrived", "DONE") }}
