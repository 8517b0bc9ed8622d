-- A part of the links, as far as both ends are shown, in the order of their ids.
{% from "links.jinja" import is_shown, into_links, when_known %}
{{ into_links(out_schema, out_link, owner_column, target_column, bo_column) }}

from {{ store_schema | ident }}.{{ golden_link | ident }} l
where {{ is_shown(out_schema, owner_out, target_outs, keeps_removed, "l._owner", "l._target") }}
{% if has_start %}
  and (l._owner, l._target) > (:after, :after_target)
{% endif %}
{% if has_end %}
  and (l._owner, l._target) <= (:last, :last_target)
{% endif %}
{{ when_known(owner_column, target_column, bo_column) }}
