-- Deleted links, and links of instances that are not shown any more; not those that exist again. For the collation see
-- delete_instances.
{% from "window.jinja" import state_changed, window %}
{% from "links.jinja" import touched, is_shown %}
with touched as (
    {{ touched(store_schema, golden_link, "unlinked", "removed", window, state_changed) }}
)
delete from {{ out_schema | ident }}.{{ out_link | ident }} o
using touched t
where o.{{ owner_column | ident }} = t.owner collate "default"
  and o.{{ target_column | ident }} = t.target collate "default"
  and not (
    exists (
        select from {{ store_schema | ident }}.{{ golden_link | ident }} l
        where l._owner = t.owner and l._target = t.target
    )
    and {{ is_shown(out_schema, owner_out, target_outs, keeps_removed, "t.owner", "t.target") }}
  )
