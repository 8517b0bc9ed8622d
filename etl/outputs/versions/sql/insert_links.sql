-- Links whose two ends are shown: new links, and links of instances that are shown again. For the collation see
-- delete_instances.
{% from "window.jinja" import state_changed, window %}
{% from "links.jinja" import touched, is_shown, into_links, when_known %}
with touched as (
    {{ touched(store_schema, golden_link, "linked", "returned", window, state_changed) }}
)
{{ into_links(out_schema, out_link, owner_column, target_column, bo_column) }}

from touched t
join {{ store_schema | ident }}.{{ golden_link | ident }} l on l._owner = t.owner and l._target = t.target
where {{ is_shown(out_schema, owner_out, target_outs, keeps_removed, "l._owner", "l._target") }}
{{ when_known(owner_column, target_column, bo_column) }}
