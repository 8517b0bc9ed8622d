-- A part of the instances, in the order of their ids: so that the index of the out_ table grows at its end.
{% from "instances.jinja" import golden_instances, into_instances, when_different %}
{{ into_instances(out_schema, out_table, columns) }} (
{{ golden_instances(store_schema, golden, values, hidden) }}
{% if has_start %}
  and g._id > :after
{% endif %}
{% if has_end %}
  and g._id <= :last
{% endif %}
order by g._id
) s
{% if is_new %}
{{ "on conflict (system_id) do nothing" if not is_alone }}
{% else %}
{{ when_different(columns) }}
{% endif %}
