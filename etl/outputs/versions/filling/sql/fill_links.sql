-- A part of the links, as far as both ends are shown, in the order of their ids.
{% from "links.jinja" import is_shown, into_links, shows_no_links, when_known %}
{{ into_links(out_schema, out_link, owner_column, target_column, bo_column) }}

from {{ store_schema | ident }}.{{ golden_link | ident }} l
{% if is_alone %}
where l._target_bo = any(:targets)
    and not {{ shows_no_links(store_schema, owner_golden, "l._owner", without_links) }}
{% for golden in target_goldens %}
    and not {{ shows_no_links(store_schema, golden, "l._target", without_links) }}
{% endfor %}
{% else %}
where {{ is_shown(out_schema, owner_out, target_outs, keeps_removed, "l._owner", "l._target") }}
{% endif %}
{% if has_start %}
  and (l._owner, l._target) > (:after, :after_target)
{% endif %}
{% if has_end %}
  and (l._owner, l._target) <= (:last, :last_target)
{% endif %}
order by l._owner, l._target
{{ when_known(owner_column, target_column, bo_column) if not is_alone }}
