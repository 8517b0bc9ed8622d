-- Deletes links that the store does not have, or whose ends are not shown.
{% from "links.jinja" import is_shown %}
{% set owner, target = "o." ~ (owner_column | ident), "o." ~ (target_column | ident) %}
delete from {{ out_schema | ident }}.{{ out_link | ident }} o
where not (
    exists (
        select from {{ store_schema | ident }}.{{ golden_link | ident }} l
        where l._owner = o.{{ owner_column | ident }} collate "C"
          and l._target = o.{{ target_column | ident }} collate "C"
    )
    and {{ is_shown(out_schema, owner_out, target_outs, keeps_removed, owner, target) }}
)
